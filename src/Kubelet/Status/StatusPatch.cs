using System.Buffers;
using System.Text.Json;

namespace KubeSharp.Kubelet.Statuses;

/// <summary>The difference of two statuses as a strategic merge patch.</summary>
internal static class StatusPatch
{
    /// <returns>The patch, bound to the pod's uid; null if there is no difference.</returns>
    public static byte[]? Of(string uid, PodStatus before, PodStatus after)
    {
        using var old = JsonDocument.Parse(Json.Encode(before));
        using var now = JsonDocument.Parse(Json.Encode(after));
        var changed = now.RootElement.EnumerateObject().Where(p => !HasSame(old.RootElement, p)).ToList();
        var removed = old.RootElement.EnumerateObject().Where(p => !now.RootElement.TryGetProperty(p.Name, out _)).ToList();
        if (changed.Count == 0 && removed.Count == 0)
            return null;

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("uid"u8, uid); // a precondition: a pod of the same name that came later is none of ours
            writer.WriteEndObject();
            writer.WriteStartObject("status"u8);
            foreach (var property in changed)
                Write(writer, property, old.RootElement);
            foreach (var property in removed)
                writer.WriteNull(property.Name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonProperty property, JsonElement old)
    {
        switch (property.Name)
        {
            case "conditions":
                // Merged by type: only those that differ are sent, so that others' conditions are never touched.
                var before = old.TryGetProperty("conditions", out var list) ? list.EnumerateArray().ToDictionary(TypeOf) : [];
                writer.WriteStartArray(property.Name);
                foreach (var condition in property.Value.EnumerateArray())
                {
                    var former = before.GetValueOrDefault(TypeOf(condition));
                    if (former.ValueKind == JsonValueKind.Undefined || former.GetRawText() != condition.GetRawText())
                        WriteOver(writer, condition, former);
                }

                writer.WriteEndArray();
                break;
            case "podIPs":
                // Merged by ip: without the directive an address that is gone would stay.
                writer.WriteStartArray(property.Name);
                foreach (var ip in property.Value.EnumerateArray())
                    ip.WriteTo(writer);
                writer.WriteStartObject();
                writer.WriteString("$patch"u8, "replace"u8);
                writer.WriteEndObject();
                writer.WriteEndArray();
                break;
            default:
                writer.WritePropertyName(property.Name);
                WriteOver(writer, property.Value, old.TryGetProperty(property.Name, out var was) ? was : default);
                break;
        }
    }

    /// <summary>What is not said of an object stays in it, so a reason or a message that is gone is said to be.</summary>
    private static void WriteOver(Utf8JsonWriter writer, JsonElement now, JsonElement before)
    {
        if (now.ValueKind != JsonValueKind.Object || before.ValueKind != JsonValueKind.Object)
        {
            now.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var property in now.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            WriteOver(writer, property.Value, before.TryGetProperty(property.Name, out var was) ? was : default);
        }

        foreach (var property in before.EnumerateObject().Where(p => !now.TryGetProperty(p.Name, out _)))
            writer.WriteNull(property.Name);
        writer.WriteEndObject();
    }

    private static string TypeOf(JsonElement condition) => condition.GetProperty("type").GetString()!;

    private static bool HasSame(JsonElement old, JsonProperty property)
    {
        if (!old.TryGetProperty(property.Name, out var value))
            return false;
        if (property.Name != "conditions")
            return JsonElement.DeepEquals(value, property.Value);

        // Their order says nothing, and those that are only in the old list are others'.
        var before = value.EnumerateArray().Select(c => c.GetRawText()).ToHashSet();
        return property.Value.EnumerateArray().All(c => before.Contains(c.GetRawText()));
    }
}
