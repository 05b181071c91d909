using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>AES-CBC with PKCS #7, its random start of 16 bytes in front. It does not notice a changed text: upstream has it for old data.</summary>
internal sealed class AesCbcTransformer(byte[] secret) : ITransformer
{
    private const int Block = 16;

    public ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct)
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
            return new(new Plain(aes.DecryptCbc(stored.Span[Block..], stored.Span[..Block]), IsStale: false));
        }
        catch (CryptographicException e)
        {
            throw new TransformException("invalid padding on input", e);
        }
    }

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key)
    {
        using var aes = Create();
        var stored = new byte[prefix.Length + Block + aes.GetCiphertextLengthCbc(value.Length)];
        prefix.CopyTo(stored);
        var start = stored.AsSpan(prefix.Length, Block);
        RandomNumberGenerator.Fill(start);
        aes.EncryptCbc(value.Span, start, stored.AsSpan(prefix.Length + Block));
        return stored;
    }

    private Aes Create()
    {
        var aes = Aes.Create();
        aes.Key = secret;
        return aes;
    }
}
