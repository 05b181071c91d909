using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KubeSharp.Store;

/// <summary>The CRC-32C over everything a row of the log says: SQLite itself does not notice a flipped bit inside a value.</summary>
internal static class Checksum
{
    public static long Of(long revision, string key, long created, long previous, ReadOnlySpan<byte> value)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)revision);
        crc = BitOperations.Crc32C(crc, (ulong)created);
        crc = BitOperations.Crc32C(crc, (ulong)previous);
        crc = Add(crc, MemoryMarshal.AsBytes(key.AsSpan()));
        return ~Add(crc, value);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));

        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);

        return crc;
    }
}
