namespace KubeSharp.ApiServer.Http;

/// <summary>Finds what somebody who slipped may have meant. Pure.</summary>
public static class DidYouMean
{
    private const int MaxLength = 64;

    /// <summary>The candidate nearest to the word, or <see langword="null"/> if none is near: one slip in three letters at most, case aside.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > MaxLength)
            return null;

        var most = Math.Max(1, word.Length / 3);
        return candidates
            .Where(c => c.Length is > 0 and <= MaxLength && Math.Abs(c.Length - word.Length) <= most)
            .Select(c => (Candidate: c, Distance: Distance(word.ToLowerInvariant(), c.ToLowerInvariant())))
            .Where(c => c.Distance <= most)
            .OrderBy(c => c.Distance).ThenBy(c => c.Candidate, StringComparer.Ordinal)
            .Select(c => c.Candidate)
            .FirstOrDefault();
    }

    /// <summary><c>did you mean "x"?</c>, or empty.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"did you mean \"{nearest}\"?" : "";

    /// <summary>How many letters must be put in, taken out, changed or swapped with their neighbour.</summary>
    internal static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var isSame = a[i - 1] == b[j - 1];
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + (isSame ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }

            (before, last, current) = (last, current, before);
        }

        return last[b.Length];
    }
}
