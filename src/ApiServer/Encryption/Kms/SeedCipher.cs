using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>AES-GCM with a key of its own for each value, derived (HKDF-SHA256, expansion only) from a seed and 32 random bytes that go before the value.</summary>
/// <remarks>So one seed serves any number of values: no key is used twice, hence no nonce with it.</remarks>
internal sealed class SeedCipher : ITransformer
{
    public const int SeedLength = 32;
    private const int Salt = 32;
    private const int KeyLength = 32;

    private readonly byte[] _seed;

    /// <exception cref="TransformException">The seed is too short.</exception>
    public SeedCipher(byte[] seed) =>
        _seed = seed.Length >= SeedLength ? seed : throw new TransformException($"invalid seed length {seed.Length} used for key generation");

    public ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct)
    {
        if (stored.Length < Salt)
            throw new TransformException("the stored data was shorter than the required size");

        Span<byte> derived = stackalloc byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, _seed, derived, stored.Span[..Salt]);
        return new(new Plain(AesGcmTransformer.Open(derived, stored.Span[Salt..], key), IsStale: false));
    }

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key)
    {
        Span<byte> salt = stackalloc byte[Salt];
        RandomNumberGenerator.Fill(salt);
        Span<byte> derived = stackalloc byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, _seed, derived, salt);
        return AesGcmTransformer.Seal(derived, [.. prefix, .. salt], value.Span, key);
    }
}
