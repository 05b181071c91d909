using System.Security.Cryptography;
using System.Text;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>AES-GCM with a random nonce of 12 bytes before the text and the tag of 16 behind it, bound to the key's place.</summary>
/// <remarks>Random nonces of this length are safe for some 2^32 writes with one key: upstream says to rotate it long before.</remarks>
internal sealed class AesGcmTransformer(byte[] secret) : ITransformer
{
    private const int Nonce = 12;
    private const int Tag = 16;

    public Plain Read(ReadOnlyMemory<byte> stored, string key)
    {
        if (stored.Length < Nonce + Tag)
            throw new TransformException("the stored data was shorter than the required size");

        var value = new byte[stored.Length - Nonce - Tag];
        using var cipher = new AesGcm(secret, Tag);
        try
        {
            cipher.Decrypt(stored.Span[..Nonce], stored.Span[Nonce..^Tag], stored.Span[^Tag..], value, Encoding.UTF8.GetBytes(key));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new TransformException("cipher: message authentication failed", e);
        }

        return new(value, IsStale: false);
    }

    public byte[] Write(ReadOnlyMemory<byte> value, string key)
    {
        var stored = new byte[Nonce + value.Length + Tag];
        RandomNumberGenerator.Fill(stored.AsSpan(0, Nonce));
        using var cipher = new AesGcm(secret, Tag);
        cipher.Encrypt(stored.AsSpan(0, Nonce), value.Span, stored.AsSpan(Nonce, value.Length), stored.AsSpan(Nonce + value.Length), Encoding.UTF8.GetBytes(key));
        return stored;
    }
}
