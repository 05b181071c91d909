namespace KubeSharp.ApiServer.Verbs;

/// <summary>What a person probably meant.</summary>
internal static class Spelling
{
    /// <summary>The known word that differs least, if it differs by a slip (one or two letters) and not by meaning.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var allowed = word.Length <= 4 ? 1 : 2;
        return known
            .Where(k => Math.Abs(k.Length - word.Length) <= allowed)
            .Select(k => (Word: k, Distance: Distance(word, k)))
            .Where(k => k.Distance <= allowed)
            .OrderBy(k => k.Distance)
            .Select(k => k.Word)
            .FirstOrDefault();
    }

    /// <summary>Letters to insert, drop, replace or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
