using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>When answers are compressed, and how: gzip at its quickest, as upstream.</summary>
internal static class Compression
{
    /// <summary>From this size on an answer is worth compressing (upstream's threshold), in bytes.</summary>
    public const int From = 128 * 1024;

    /// <summary>Whether the client takes compressed answers.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        foreach (var value in request.Headers.AcceptEncoding)
        {
            if (value is null || !value.Contains("gzip", StringComparison.OrdinalIgnoreCase))
                continue;

            foreach (var clause in value.Split(',', StringSplitOptions.TrimEntries))
            {
                if (clause.StartsWith("gzip", StringComparison.OrdinalIgnoreCase))
                    return !IsRefused(clause);
            }
        }

        return false;
    }

    /// <summary>Tells the client, and caches on the way, that the answer is compressed.</summary>
    public static void Announce(HttpContext context)
    {
        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.Headers.Append("Vary", "Accept-Encoding");
    }

    public static byte[] Zip(ReadOnlySpan<byte> body)
    {
        var buffer = new MemoryStream(body.Length / 4);
        using (var zip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(body);
        return buffer.ToArray();
    }

    /// <summary>Whether it comes with the weight 0: <c>gzip;q=0</c>, <c>gzip; q=0.0</c>.</summary>
    private static bool IsRefused(string clause)
    {
        var at = clause.IndexOf("q=", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && double.TryParse(clause.AsSpan(at + 2), CultureInfo.InvariantCulture, out var weight) && weight == 0;
    }
}
