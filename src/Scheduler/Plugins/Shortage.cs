using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Plugins;

/// <summary>What a node has too little of.</summary>
[Flags]
internal enum Lacking
{
    Nothing = 0,
    Pods = 1,
    Cpu = 2,
    Memory = 4,
    EphemeralStorage = 8,
}

/// <summary>The verdicts of <see cref="NodeResourcesFit"/>, made once: on a full cluster they are given for every node.</summary>
internal static class Shortage
{
    private static readonly Verdict[] Curable = [.. Enumerable.Range(0, 16).Select(l => Make((Lacking)l, [], isHopeless: false))];
    private static readonly Verdict[] Hopeless = [.. Enumerable.Range(0, 16).Select(l => Make((Lacking)l, [], isHopeless: true))];

    public static Verdict Verdict(Lacking lacking, bool isHopeless) => (isHopeless ? Hopeless : Curable)[(int)lacking];

    public static Verdict Verdict(Lacking lacking, IEnumerable<string> others, bool isHopeless) => Make(lacking, others, isHopeless);

    private static Verdict Make(Lacking lacking, IEnumerable<string> others, bool isHopeless)
    {
        var reasons = new List<string>();
        if (lacking.HasFlag(Lacking.Pods))
            reasons.Add("Too many pods");
        if (lacking.HasFlag(Lacking.Cpu))
            reasons.Add("Insufficient cpu");
        if (lacking.HasFlag(Lacking.Memory))
            reasons.Add("Insufficient memory");
        if (lacking.HasFlag(Lacking.EphemeralStorage))
            reasons.Add("Insufficient ephemeral-storage");
        reasons.AddRange(others.Select(o => $"Insufficient {o}"));
        return reasons.Count == 0 ? Framework.Verdict.Ok : new(new Rejection(reasons, !isHopeless));
    }
}
