using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>NaCl's secretbox with a random nonce of 24 bytes in front: so long that chance never repeats one, however many writes a key sees.</summary>
internal sealed class SecretboxTransformer(byte[] secret) : ITransformer
{
    public ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct)
    {
        if (stored.Length < Secretbox.NonceLength + Secretbox.TagLength)
            throw new TransformException("the stored data was shorter than the required size");

        var value = new byte[stored.Length - Secretbox.NonceLength - Secretbox.TagLength];
        return Secretbox.TryOpen(secret, stored.Span[..Secretbox.NonceLength], stored.Span[Secretbox.NonceLength..], value)
            ? new(new Plain(value, IsStale: false))
            : throw new TransformException("the stored data does not fit the key");
    }

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key)
    {
        var stored = new byte[prefix.Length + Secretbox.NonceLength + Secretbox.TagLength + value.Length];
        prefix.CopyTo(stored);
        var nonce = stored.AsSpan(prefix.Length, Secretbox.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        Secretbox.Seal(secret, nonce, value.Span, stored.AsSpan(prefix.Length + Secretbox.NonceLength));
        return stored;
    }
}
