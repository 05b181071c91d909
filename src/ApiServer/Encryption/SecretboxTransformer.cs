using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>NaCl's secretbox with a random nonce of 24 bytes in front: so long that chance never repeats one, however many writes a key sees.</summary>
internal sealed class SecretboxTransformer(byte[] secret) : ITransformer
{
    public Plain Read(ReadOnlyMemory<byte> stored, string key)
    {
        if (stored.Length < Secretbox.NonceLength + Secretbox.TagLength)
            throw new TransformException("the stored data was shorter than the required size");

        var value = new byte[stored.Length - Secretbox.NonceLength - Secretbox.TagLength];
        return Secretbox.TryOpen(secret, stored.Span[..Secretbox.NonceLength], stored.Span[Secretbox.NonceLength..], value)
            ? new(value, IsStale: false)
            : throw new TransformException("the stored data does not fit the key");
    }

    public byte[] Write(ReadOnlyMemory<byte> value, string key)
    {
        var stored = new byte[Secretbox.NonceLength + Secretbox.TagLength + value.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, Secretbox.NonceLength));
        Secretbox.Seal(secret, stored.AsSpan(0, Secretbox.NonceLength), value.Span, stored.AsSpan(Secretbox.NonceLength));
        return stored;
    }
}
