using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>Reads a request's body as a whole, up to the limit that keeps the server's memory bounded.</summary>
internal static class RequestBody
{
    /// <summary>Upstream's limit, in bytes.</summary>
    public const int Limit = 3 * 1024 * 1024;

    /// <exception cref="ApiException">413.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > Limit)
            throw TooLarge();

        var buffer = new byte[Math.Max(1, request.ContentLength ?? 4096)];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length > Limit)
                    throw TooLarge();
                if (length == request.ContentLength)
                    break;

                Array.Resize(ref buffer, Math.Min(length * 2, Limit + 1));
            }

            var read = await request.Body.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0)
                break;

            length += read;
        }

        return length > Limit ? throw TooLarge() : buffer.AsMemory(0, length);
    }

    private static ApiException TooLarge() => ApiException.TooLarge($"Request entity too large: limit is {Limit}");
}
