namespace KubeSharp.ApiServer.Encryption;

/// <summary>Values as they are.</summary>
internal sealed class IdentityTransformer : ITransformer
{
    public ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct) =>
        StorageEncryption.IsEncrypted(stored.Span) ? throw new TransformException("identity transformer tried to read encrypted data") : new(new Plain(stored, IsStale: false));

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key) => prefix.IsEmpty ? value : (byte[])[.. prefix, .. value.Span];
}
