namespace KubeSharp.Scheduler.Framework;

/// <summary>Why a node will not do.</summary>
/// <param name="Reasons">Upstream's words: users search for them. Counted over all nodes in the pod's event.</param>
/// <param name="IsResolvable">Whether the node would do if other pods left it.</param>
internal sealed record Rejection(IReadOnlyList<string> Reasons, bool IsResolvable);

/// <summary>What a plugin says of a pod on a node. Costs nothing to pass or to make, if the rejection is a shared one.</summary>
internal readonly record struct Verdict(Rejection? Rejection)
{
    public static Verdict Ok => default;

    public bool IsOk => Rejection is null;

    /// <summary>Allocates: plugins keep the verdicts they need in static fields.</summary>
    /// <param name="resolvable">Whether deleting pods from the node would help.</param>
    public static Verdict Reject(string reason, bool resolvable) => new(new Rejection([reason], resolvable));
}
