using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.FieldManagement;

internal static class JsonBytes
{
    public static ReadOnlyMemory<byte> Of(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            if (node is null)
                writer.WriteNullValue();
            else
                node.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }
}
