using System.Buffers.Binary;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>The one-time authenticator of RFC 8439, section 2.5: a polynomial modulo 2^130 - 5, in limbs of 64 bits.</summary>
internal static class Poly1305
{
    /// <param name="key">32 bytes that are used for one text only.</param>
    /// <param name="tag">16 bytes.</param>
    public static void Authenticate(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> tag)
    {
        var r0 = BinaryPrimitives.ReadUInt64LittleEndian(key) & 0x0FFFFFFC0FFFFFFF;
        var r1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) & 0x0FFFFFFC0FFFFFFC;
        ulong h0 = 0, h1 = 0, h2 = 0;
        scoped Span<byte> last = stackalloc byte[16];
        unchecked
        {
            while (text.Length > 0)
            {
                scoped var block = text;
                var top = 1ul;
                if (text.Length < 16)
                {
                    last.Clear();
                    text.CopyTo(last);
                    last[text.Length] = 1;
                    block = last;
                    top = 0;
                }

                text = text[Math.Min(16, text.Length)..];
                var sum = (UInt128)h0 + BinaryPrimitives.ReadUInt64LittleEndian(block);
                h0 = (ulong)sum;
                sum = (UInt128)h1 + BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) + (ulong)(sum >> 64);
                h1 = (ulong)sum;
                h2 += (ulong)(sum >> 64) + top;

                // r is clamped below 2^60 a limb and h2 stays below 8, so no product overflows.
                var m0 = (UInt128)h0 * r0;
                var m1 = ((UInt128)h1 * r0) + ((UInt128)h0 * r1) + (m0 >> 64);
                var m2 = ((UInt128)h2 * r0) + ((UInt128)h1 * r1) + (m1 >> 64);
                var t3 = (h2 * r1) + (ulong)(m2 >> 64);
                var t2 = (ulong)m2;

                // What is above 2^130 comes in again below, five times: four times as it stands, and once shifted by two.
                var over = ((UInt128)t3 << 64) | (t2 & ~3ul);
                var low = (UInt128)(ulong)m0 | ((UInt128)(ulong)m1 << 64);
                h2 = t2 & 3;
                var once = low + over;
                h2 += once < low ? 1ul : 0;
                var twice = once + (over >> 2);
                h2 += twice < once ? 1ul : 0;
                (h0, h1) = ((ulong)twice, (ulong)(twice >> 64));
            }

            // Less the modulus if that fits, chosen without a branch.
            var h = (UInt128)h0 | ((UInt128)h1 << 64);
            var plusFive = h + 5;
            var carried = h2 + (plusFive < h ? 1ul : 0);
            var mask = (UInt128)0 - (carried >> 2);
            h = (h & ~mask) | (plusFive & mask);
            BinaryPrimitives.WriteUInt128LittleEndian(tag, h + BinaryPrimitives.ReadUInt128LittleEndian(key[16..]));
        }
    }
}
