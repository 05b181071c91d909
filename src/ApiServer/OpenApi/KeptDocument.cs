using System.IO.Compression;
using System.Security.Cryptography;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>A document as it is kept: compressed, for most clients take it so, and the rest of its life it only takes room.</summary>
/// <param name="Zipped">gzip.</param>
/// <param name="Length">Of the document itself, in bytes.</param>
/// <param name="Hash">SHA-512 of the document itself, in capitals.</param>
internal sealed record KeptDocument(byte[] Zipped, int Length, string Hash)
{
    public static KeptDocument Of(byte[] document)
    {
        var buffer = new MemoryStream(document.Length / 8);
        using (var zip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(document);
        return new(buffer.ToArray(), document.Length, Convert.ToHexString(SHA512.HashData(document)));
    }

    /// <summary>The document itself, as a stream that unpacks as it is read.</summary>
    public Stream Open() => new GZipStream(new MemoryStream(Zipped, writable: false), CompressionMode.Decompress);

    public byte[] ToBytes()
    {
        var whole = new byte[Length];
        using var stream = Open();
        stream.ReadExactly(whole);
        return whole;
    }
}
