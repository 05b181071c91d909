namespace KubeSharp.ApiServer.Encryption;

/// <summary>Values as they are.</summary>
internal sealed class IdentityTransformer : ITransformer
{
    public Plain Read(ReadOnlyMemory<byte> stored, string key) =>
        stored.Span.StartsWith("k8s:enc:"u8) ? throw new TransformException("identity transformer tried to read encrypted data") : new(stored, IsStale: false);

    public byte[] Write(ReadOnlyMemory<byte> value, string key) => value.ToArray();
}
