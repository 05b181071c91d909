namespace KubeSharp.Scheduler.Framework;

/// <summary>Upstream's default normalisation.</summary>
internal static class Scores
{
    /// <summary>Stretches the scores so that the best is 100.</summary>
    public static void Scale(Span<long> scores)
    {
        var best = Best(scores);
        if (best == 0)
            return;

        foreach (ref var score in scores)
            score = IScore.Most * score / best;
    }

    /// <summary>The same where less is better.</summary>
    public static void ScaleReversed(Span<long> scores)
    {
        var worst = Best(scores);
        foreach (ref var score in scores)
            score = worst == 0 ? IScore.Most : IScore.Most - (IScore.Most * score / worst);
    }

    private static long Best(ReadOnlySpan<long> scores)
    {
        var best = 0L;
        foreach (var score in scores)
            best = Math.Max(best, score);
        return best;
    }
}
