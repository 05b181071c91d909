using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>What came of looking for a node: the node, or why there is none.</summary>
internal readonly record struct Placement(NodeInfo? Node, Diagnosis? Diagnosis);
