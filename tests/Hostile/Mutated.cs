using System.Text;

namespace KubeSharp.Tests;

/// <summary>
/// Inputs that were valid before something happened to them, and inputs made of nothing but pieces. The same ones on every run: a test that
/// fails here fails everywhere, and its message says with what.
/// </summary>
internal static class Mutated
{
    private const int Seed = 20261126;

    /// <summary>How many times as many inputs: for who has an hour.</summary>
    private static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("KUBESHARP_FUZZ"), out var times) ? times : 1;

    /// <param name="seeds">Valid inputs.</param>
    /// <param name="pieces">What is put in: the words and signs of the language.</param>
    public static IEnumerable<string> Texts(IReadOnlyList<string> seeds, IReadOnlyList<string> pieces, int count)
    {
        var random = new Random(Seed);
        char[][] all = [.. seeds.Select(s => s.ToCharArray())];
        char[][] parts = [.. pieces.Concat(["", "\0", "é", "😁", "\ud800", "\uffff", " ", "\n", "-", "00000000000", "99999999999999999999"]).Select(p => p.ToCharArray())];
        for (var i = 0; i < count * Times; i++)
            yield return new(Next(random, all, parts, r => (char)r.Next(r.Next(4) == 0 ? 0x10000 : 128)));
    }

    /// <inheritdoc cref="Texts"/>
    public static IEnumerable<byte[]> Bytes(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> pieces, int count)
    {
        var random = new Random(Seed);
        byte[][] parts = [.. pieces, [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], "\\ud800"u8.ToArray(), "1e999"u8.ToArray()];
        for (var i = 0; i < count * Times; i++)
            yield return Next(random, seeds, parts, r => (byte)r.Next(256));
    }

    /// <summary>Runs the action, whose exceptions but the documented one are the test's failure, and bounds what it allocates.</summary>
    /// <param name="most">Bytes.</param>
    public static void Bounded<TRefusal>(object input, Action action, long most = 32 << 20)
        where TRefusal : Exception
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            action();
        }
        catch (TRefusal)
        {
            // that is an answer
        }
        catch (Exception e)
        {
            Assert.Fail($"{Shown(input)}: {e}");
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken < most, $"{Shown(input)}: took {taken} bytes");
    }

    /// <summary>As the other, for what refuses by its answer and never by an exception.</summary>
    public static void Bounded(object input, Action action, long most = 32 << 20) => Bounded<Never>(input, action, most);

    private static string Shown(object input) => input switch
    {
        byte[] bytes => $"{Convert.ToHexString(bytes)} {Encoding.Latin1.GetString(bytes)}",
        string text => string.Concat(text.Select(c => c is >= ' ' and < '\x7f' ? c.ToString() : $"\\u{(int)c:x4}")),
        _ => input.ToString() ?? "",
    };

    private static T[] Next<T>(Random random, IReadOnlyList<T[]> seeds, IReadOnlyList<T[]> pieces, Func<Random, T> any)
    {
        if (random.Next(5) == 0)
            return [.. Enumerable.Range(0, random.Next(12)).SelectMany(_ => random.Next(4) == 0 ? [any(random)] : pieces[random.Next(pieces.Count)])];

        var made = seeds[random.Next(seeds.Count)].ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
            Hurt(made, random, seeds, pieces, any);
        return [.. made];
    }

    private static void Hurt<T>(List<T> made, Random random, IReadOnlyList<T[]> seeds, IReadOnlyList<T[]> pieces, Func<Random, T> any)
    {
        var at = random.Next(made.Count + 1);
        var length = Math.Min(random.Next(1, 20), made.Count - at);
        switch (random.Next(7))
        {
            case 0 when at < made.Count:
                made[at] = any(random);
                break;
            case 1:
                made.RemoveRange(at, length);
                break;
            case 2:
                made.InsertRange(at, made.GetRange(at, length));
                break;
            case 3:
                made.RemoveRange(at, made.Count - at);
                break;
            case 4:
                var other = seeds[random.Next(seeds.Count)];
                var from = random.Next(other.Length + 1);
                made.InsertRange(at, other.Skip(from).Take(random.Next(1, 40)));
                break;
            default:
                made.InsertRange(at, pieces[random.Next(pieces.Count)]);
                break;
        }
    }

    /// <summary>Nobody throws it.</summary>
    private sealed class Never : Exception;
}
