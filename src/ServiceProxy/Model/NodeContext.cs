namespace KubeSharp.ServiceProxy.Model;

/// <summary>What the model has to know about the node it decides for.</summary>
/// <param name="Zone">The label <c>topology.kubernetes.io/zone</c>; empty if the node has none.</param>
internal sealed record NodeContext(string Name, string Zone)
{
    public const string ZoneLabel = "topology.kubernetes.io/zone";
}
