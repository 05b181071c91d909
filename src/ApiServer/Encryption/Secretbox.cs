using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>NaCl's <c>crypto_secretbox</c>: XSalsa20 and Poly1305, which .NET does not have. No branch and no index depends on a secret.</summary>
internal static class Secretbox
{
    public const int KeyLength = 32;
    public const int NonceLength = 24;
    public const int TagLength = 16;

    private const int Block = 64;

    /// <param name="box">Of the text's length and <see cref="TagLength"/> more; the tag comes first.</param>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> text, Span<byte> box)
    {
        Span<byte> tagKey = stackalloc byte[32];
        Xor(key, nonce, text, box[TagLength..], tagKey);
        Poly1305.Authenticate(tagKey, box[TagLength..], box[..TagLength]);
    }

    /// <returns>False if the box was not made with this key and nonce; then nothing was opened.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box, Span<byte> text)
    {
        Span<byte> tagKey = stackalloc byte[32];
        Span<byte> tag = stackalloc byte[TagLength];
        Xor(key, nonce, [], [], tagKey);
        Poly1305.Authenticate(tagKey, box[TagLength..], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, box[..TagLength]))
            return false;

        Xor(key, nonce, box[TagLength..], text, tagKey);
        return true;
    }

    /// <summary>The stream's first 32 bytes are the tag's key; the text is under what follows.</summary>
    private static void Xor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> output, Span<byte> tagKey)
    {
        Span<uint> state = stackalloc uint[16];
        Span<uint> mixed = stackalloc uint[16];
        Span<byte> stream = stackalloc byte[Block];

        // A key for this nonce's first 16 bytes (HSalsa20), with which the other 8 and a counter are used.
        Begin(state, key);
        for (var i = 0; i < 4; i++)
            state[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(4 * i)..]);
        Mix(state, mixed);
        ReadOnlySpan<int> taken = [0, 5, 10, 15, 6, 7, 8, 9];
        Span<byte> derived = stackalloc byte[KeyLength];
        for (var i = 0; i < taken.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(derived[(4 * i)..], mixed[taken[i]]);

        Begin(state, derived);
        state[6] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[16..]);
        state[7] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[20..]);
        (state[8], state[9]) = (0, 0);
        Next(state, mixed, stream);
        stream[..32].CopyTo(tagKey);
        for (int done = 0, from = 32; done < input.Length; from = 0)
        {
            var count = Math.Min(Block - from, input.Length - done);
            for (var i = 0; i < count; i++)
                output[done + i] = (byte)(input[done + i] ^ stream[from + i]);
            done += count;
            if (done < input.Length)
                Next(state, mixed, stream);
        }

        CryptographicOperations.ZeroMemory(derived);
        CryptographicOperations.ZeroMemory(stream);
    }

    private static void Begin(Span<uint> state, ReadOnlySpan<byte> key)
    {
        (state[0], state[5], state[10], state[15]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574); // "expand 32-byte k"
        for (var i = 0; i < 4; i++)
        {
            state[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            state[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (4 * i))..]);
        }
    }

    private static void Next(Span<uint> state, Span<uint> mixed, Span<byte> stream)
    {
        Mix(state, mixed);
        for (var i = 0; i < 16; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(stream[(4 * i)..], unchecked(mixed[i] + state[i]));
        unchecked
        {
            if (++state[8] == 0)
                state[9]++;
        }
    }

    /// <summary>Salsa20's twenty rounds.</summary>
    private static void Mix(ReadOnlySpan<uint> state, Span<uint> x)
    {
        state.CopyTo(x);
        for (var round = 0; round < 20; round += 2)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        unchecked
        {
            x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
            x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
            x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
            x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
        }
    }
}
