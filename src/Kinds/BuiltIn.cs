using KubeSharp.Kinds.ApiExtensions;
using KubeSharp.Kinds.Apps;
using KubeSharp.Kinds.Batch;
using KubeSharp.Kinds.Coordination;
using KubeSharp.Kinds.Core.Services;
using KubeSharp.Kinds.Core;
using KubeSharp.Kinds.Discovery;
using KubeSharp.Kinds.Networking;
using KubeSharp.Kinds.Policy;
using KubeSharp.Kinds.Rbac;
using KubeSharp.Kinds.Scheduling;
using KubeSharp.Kinds.Storage;

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
        new NamespaceKind(),
        new ServiceKind(),
        new EndpointsKind(),
        new ConfigMapKind(),
        new SecretKind(),
        new ServiceAccountKind(),
        new LimitRangeKind(),
        new ResourceQuotaKind(),
        new PersistentVolumeKind(),
        new PersistentVolumeClaimKind(),
        new Core.EventKind(),
        new Events.EventKind(),
        new CustomResourceDefinitionKind(),
        new IngressKind(),
        new IngressClassKind(),
        new NetworkPolicyKind(),
        new PodDisruptionBudgetKind(),
        new RoleKind(),
        new ClusterRoleKind(),
        new RoleBindingKind(),
        new ClusterRoleBindingKind(),
        new StorageClassKind(),
        new PriorityClassKind(),
        new LeaseKind(),
        new EndpointSliceKind(),
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
