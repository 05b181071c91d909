namespace KubeSharp.ApiServer.Verbs;

/// <summary>What the server draws by lot: uids, suffixes of names, free ports. Thread-safe, which a seeded <see cref="Random"/> is not.</summary>
internal sealed class Chance(Random random)
{
    /// <summary>No vowels and no look-alikes, so that no words and no doubts arise (apimachinery's <c>rand.SafeEncodeString</c>).</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private const int MaxName = 63;

    private readonly Lock _gate = new();

    public string Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
            random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>A name that begins with the base, cut so that it fits into a DNS label.</summary>
    public string NameFrom(string generateName)
    {
        var stem = generateName.Length > MaxName - SuffixLength ? generateName[..(MaxName - SuffixLength)] : generateName;
        return stem + Suffix();
    }

    public string Suffix()
    {
        Span<char> suffix = stackalloc char[SuffixLength];
        lock (_gate)
        {
            foreach (ref var c in suffix)
                c = Alphabet[random.Next(Alphabet.Length)];
        }

        return new(suffix);
    }

    public int Next(int exclusiveMax)
    {
        lock (_gate)
            return random.Next(exclusiveMax);
    }

    public long Next(long exclusiveMax)
    {
        lock (_gate)
            return random.NextInt64(exclusiveMax);
    }
}
