using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>AES-CBC with PKCS #7, its random start of 16 bytes in front. It does not notice a changed text: upstream has it for old data.</summary>
internal sealed class AesCbcTransformer(byte[] secret) : ITransformer
{
    private const int Block = 16;

    public Plain Read(ReadOnlyMemory<byte> stored, string key)
    {
        if (stored.Length < Block)
            throw new TransformException("the stored data was shorter than the required size");
        if (stored.Length % Block != 0)
            throw new TransformException("the stored data is not a multiple of the block size");
        if (stored.Length == Block)
            throw new TransformException("the stored data is empty");

        using var aes = Create();
        try
        {
            return new(aes.DecryptCbc(stored.Span[Block..], stored.Span[..Block]), IsStale: false);
        }
        catch (CryptographicException e)
        {
            throw new TransformException("invalid padding on input", e);
        }
    }

    public byte[] Write(ReadOnlyMemory<byte> value, string key)
    {
        using var aes = Create();
        var start = RandomNumberGenerator.GetBytes(Block);
        return [.. start, .. aes.EncryptCbc(value.Span, start)];
    }

    private Aes Create()
    {
        var aes = Aes.Create();
        aes.Key = secret;
        return aes;
    }
}
