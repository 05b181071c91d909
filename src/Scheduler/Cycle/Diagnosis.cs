using System.Globalization;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Why no node will do, in upstream's words.</summary>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Message">For the event and the pod's condition; what preemption has to say is added to it.</param>
/// <param name="WakesOn">What may turn it around.</param>
/// <param name="Curable">The nodes that might do if pods left them.</param>
internal sealed record Diagnosis(int Nodes, string Message, ClusterEvents WakesOn, IReadOnlyList<NodeInfo> Curable)
{
    public const string NoNodes = "no nodes available to schedule pods";

    /// <summary>Counts each reason over the nodes: <c>0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.</c></summary>
    public static string Count(int nodes, IEnumerable<KeyValuePair<string, int>> reasons)
    {
        var counted = reasons.Where(r => r.Value > 0).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value} {r.Key}")).Order(StringComparer.Ordinal).ToList();
        var head = string.Create(CultureInfo.InvariantCulture, $"0/{nodes} nodes are available:");
        return counted.Count == 0 ? head : $"{head} {string.Join(", ", counted)}.";
    }
}
