using System.Security.Cryptography;
using System.Text;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>AES-GCM with a random nonce of 12 bytes before the text and the tag of 16 behind it, bound to the key's place.</summary>
/// <remarks>Random nonces of this length are safe for some 2^32 writes with one key: upstream says to rotate it long before.</remarks>
internal sealed class AesGcmTransformer(byte[] secret) : ITransformer
{
    private const int Nonce = 12;
    private const int Tag = 16;

    public ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct) => new(new Plain(Open(secret, stored.Span, key), IsStale: false));

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key) => Seal(secret, prefix, value.Span, key);

    /// <exception cref="TransformException">It was not sealed with this key, or for another place.</exception>
    public static byte[] Open(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> stored, string key)
    {
        if (stored.Length < Nonce + Tag)
            throw new TransformException("the stored data was shorter than the required size");

        var value = new byte[stored.Length - Nonce - Tag];
        using var cipher = new AesGcm(secret, Tag);
        try
        {
            cipher.Decrypt(stored[..Nonce], stored[Nonce..^Tag], stored[^Tag..], value, Encoding.UTF8.GetBytes(key));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new TransformException("cipher: message authentication failed", e);
        }

        return value;
    }

    public static byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, string key)
    {
        var stored = new byte[prefix.Length + Nonce + value.Length + Tag];
        prefix.CopyTo(stored);
        var box = stored.AsSpan(prefix.Length);
        RandomNumberGenerator.Fill(box[..Nonce]);
        using var cipher = new AesGcm(secret, Tag);
        cipher.Encrypt(box[..Nonce], value, box.Slice(Nonce, value.Length), box[^Tag..], Encoding.UTF8.GetBytes(key));
        return stored;
    }
}
