using System.Buffers;
using System.Text.Json;
using KubeSharp.Client;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>The patch of a pod's status that sets one condition.</summary>
internal static class StatusPatch
{
    /// <param name="nominatedNode">Empty takes a nomination back; <see langword="null"/> leaves it alone.</param>
    public static Patch Of(PodCondition condition, string? nominatedNode)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, Json.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("status"u8);
            writer.WriteStartArray("conditions"u8);
            condition.WriteJson(writer);
            writer.WriteEndArray();
            if (nominatedNode is { Length: > 0 })
                writer.WriteString("nominatedNodeName"u8, nominatedNode);
            else if (nominatedNode is not null)
                writer.WriteNull("nominatedNodeName"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new("application/strategic-merge-patch+json", body.WrittenMemory);
    }
}
