using KubeSharp.Kubelet.Pods;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>How long a container that keeps ending waits before its next life.</summary>
/// <param name="Delay">What the next restart waits, counted from the container's end.</param>
/// <param name="Since">When the last restart was granted.</param>
internal readonly record struct RestartBackOff(TimeSpan Delay, DateTimeOffset Since)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>A life of this length makes the container forgiven.</summary>
    public static readonly TimeSpan Forgiven = Longest * 2;

    /// <summary>What is known of an ended container: this process' own record, else what its restart count tells after a restart of the kubelet.</summary>
    public static RestartBackOff? For(RestartBackOff? recorded, ContainerInstance ended) =>
        recorded ?? (ended.RestartCount == 0 ? null : new(Grown(ended.RestartCount), ended.CreatedAt));

    /// <summary>When the ended container may start again; null: at once.</summary>
    public static DateTimeOffset? EndsAt(RestartBackOff? known, DateTimeOffset finishedAt, DateTimeOffset now)
    {
        if (known is not { } b || finishedAt - b.Since > Forgiven)
            return null;

        // An end that is yet to come: the clock has been set back, and nobody waits until it is that late again.
        if (finishedAt > now)
            return null;

        var end = finishedAt + b.Delay;
        return now < end ? end : null;
    }

    /// <summary>What to remember when a restart is granted.</summary>
    public static RestartBackOff Next(RestartBackOff? known, DateTimeOffset finishedAt, DateTimeOffset now)
    {
        if (known is not { } b || finishedAt - b.Since > Forgiven)
            return new(First, now);

        return new(b.Delay * 2 < Longest ? b.Delay * 2 : Longest, now);
    }

    /// <summary>As upstream prints durations: <c>10s</c>, <c>2m40s</c>, <c>5m0s</c>.</summary>
    public static string Text(TimeSpan delay) =>
        delay < TimeSpan.FromMinutes(1) ? $"{(int)delay.TotalSeconds}s" : $"{(int)delay.TotalMinutes}m{delay.Seconds}s";

    private static TimeSpan Grown(int restarts)
    {
        var delay = First;
        for (var i = 1; i < restarts && delay < Longest; i++)
            delay *= 2;
        return delay < Longest ? delay : Longest;
    }
}
