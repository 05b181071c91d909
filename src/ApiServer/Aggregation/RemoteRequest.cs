using System.Globalization;
using System.Text;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>A request as it is written to an aggregated server.</summary>
/// <param name="Target">Path and query as on the wire.</param>
/// <param name="Headers">All but those of the hop itself.</param>
internal sealed record RemoteRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers)
{
    public Stream? Body { get; init; }

    /// <summary>Of the body in bytes; null if that is not known before it ends.</summary>
    public long? BodyLength { get; init; }

    /// <summary>Whether it can be written a second time when a kept connection turns out to be dead.</summary>
    public bool IsRepeatable => Body is null;

    public byte[] Head(string authority)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{Method} {Target} HTTP/1.1\r\nHost: {authority}\r\n");
        // Kestrel, or whoever made the others, has refused line breaks in values already.
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Body is not null)
            head.Append(BodyLength is { } length ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n") : "Transfer-Encoding: chunked\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    public async Task WriteBodyAsync(Stream to, CancellationToken ct)
    {
        if (Body is null)
            return;

        var buffer = new byte[32 * 1024];
        while (await Body.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (BodyLength is null)
                await to.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{read:x}\r\n")), ct);
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            if (BodyLength is null)
                await to.WriteAsync("\r\n"u8.ToArray(), ct);
        }

        if (BodyLength is null)
            await to.WriteAsync("0\r\n\r\n"u8.ToArray(), ct);
        await to.FlushAsync(ct);
    }
}
