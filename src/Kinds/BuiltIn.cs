using KubeSharp.Kinds.Apps;
using KubeSharp.Kinds.Batch;
using KubeSharp.Kinds.Core;

namespace KubeSharp.Kinds;

/// <summary>Every kind the server serves by itself. Kinds with rules stand in the list; the others are plain.</summary>
public static class BuiltIn
{
    private static readonly Lazy<Dictionary<(string Group, string Version, string Kind), Kind>> ByName = new(static () =>
    {
        var kinds = WithRules().ToDictionary(k => (k.Type.Group, k.Type.Version, k.Type.Kind));
        foreach (var codec in ApiCatalog.AllCodecs)
            kinds.TryAdd((codec.Type.Group, codec.Type.Version, codec.Type.Kind), new(codec));
        return kinds;
    });

    /// <summary>The rules of a kind, or <see langword="null"/> if there is no such kind.</summary>
    public static Kind? Find(string group, string version, string kind) => ByName.Value.GetValueOrDefault((group, version, kind));

    /// <summary>One line a kind, by group as discovery lists them.</summary>
    private static IEnumerable<Kind> WithRules() =>
    [
        new NodeKind(),
        new PodKind(),
        new PodTemplateKind(),
        new ReplicationControllerKind(),
        new ControllerRevisionKind(),
        new DaemonSetKind(),
        new DeploymentKind(),
        new ReplicaSetKind(),
        new StatefulSetKind(),
        new CronJobKind(),
        new JobKind(),
    ];
}
