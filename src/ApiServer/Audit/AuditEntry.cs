using System.Buffers;
using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>An event on its way to what keeps it: encoded once, however many do, and not at all if none wants JSON.</summary>
internal sealed class AuditEntry(AuditEvent entered)
{
    private byte[]? _encoded;

    private static ReadOnlySpan<byte> Head => "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\","u8;

    public AuditEvent Event => entered;

    /// <summary>The event as a document of its own.</summary>
    public ReadOnlyMemory<byte> Json => _encoded ??= Encode();

    /// <summary>Writes the event as an item of an EventList: without its kind.</summary>
    public void WriteItem(IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        output.Write(Json.Span[Head.Length..]);
    }

    private byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + entered.RequestObject.Length + entered.ResponseObject.Length);
        using (var writer = new Utf8JsonWriter(buffer, Machinery.Json.WriterOptions))
            entered.WriteJson(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
