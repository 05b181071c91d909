using System.Globalization;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Why no node will do, in upstream's words.</summary>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Message">For the event and the pod's condition.</param>
/// <param name="WakesOn">What may turn it around.</param>
internal sealed record Diagnosis(int Nodes, string Message, Framework.ClusterEvents WakesOn)
{
    public const string NoNodes = "no nodes available to schedule pods";
    private const string NotHelpful = "Preemption is not helpful for scheduling";
    private const string NoVictims = "No preemption victims found for incoming pod";

    /// <summary>Counts each reason over the nodes: <c>0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.</c></summary>
    public static string Count(int nodes, IEnumerable<(string Reason, int Count)> reasons)
    {
        var counted = reasons.Where(r => r.Count > 0).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Count} {r.Reason}")).Order(StringComparer.Ordinal).ToList();
        var head = string.Create(CultureInfo.InvariantCulture, $"0/{nodes} nodes are available:");
        return counted.Count == 0 ? head : $"{head} {string.Join(", ", counted)}.";
    }

    /// <summary>What is said about deleting other pods.</summary>
    /// <param name="resolvable">The number of nodes where it might have helped.</param>
    public static string Preemption(int nodes, int resolvable, bool isAllowed) => isAllowed
        ? $"preemption: {Count(nodes, [(NotHelpful, nodes - resolvable), (NoVictims, resolvable)])}"
        : "preemption: not eligible due to preemptionPolicy=Never.";
}
