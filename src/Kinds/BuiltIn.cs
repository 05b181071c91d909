using KubeSharp.Kinds.Admission;
using KubeSharp.Kinds.Aggregation;
using KubeSharp.Kinds.ApiExtensions;
using KubeSharp.Kinds.Apps;
using KubeSharp.Kinds.Autoscaling;
using KubeSharp.Kinds.Batch;
using KubeSharp.Kinds.Certificates;
using KubeSharp.Kinds.Coordination;
using KubeSharp.Kinds.Core;
using KubeSharp.Kinds.Core.Services;
using KubeSharp.Kinds.Devices;
using KubeSharp.Kinds.Discovery;
using KubeSharp.Kinds.Events;
using KubeSharp.Kinds.Fairness;
using KubeSharp.Kinds.Networking;
using KubeSharp.Kinds.Policy;
using KubeSharp.Kinds.Rbac;
using KubeSharp.Kinds.Runtimes;
using KubeSharp.Kinds.Scheduling;
using KubeSharp.Kinds.Storage;

namespace KubeSharp.Kinds;

/// <summary>Every kind the server serves by itself. Kinds with rules stand in the list; the others are plain.</summary>
/// <param name="clock">When volumes change their phase, requests their conditions, and taints are added.</param>
public sealed class BuiltIn(TimeProvider clock)
{
    private readonly Dictionary<(string Group, string Version, string Kind), Kind> _byName = Named(clock);

    /// <summary>The rules of a kind, or <see langword="null"/> if there is no such kind.</summary>
    public Kind? Find(string group, string version, string kind) => _byName.GetValueOrDefault((group, version, kind));

    private static Dictionary<(string Group, string Version, string Kind), Kind> Named(TimeProvider clock)
    {
        var kinds = WithRules(clock).ToDictionary(k => (k.Type.Group, k.Type.Version, k.Type.Kind));
        foreach (var codec in ApiCatalog.AllCodecs)
            kinds.TryAdd((codec.Type.Group, codec.Type.Version, codec.Type.Kind), new(codec));
        return kinds;
    }

    /// <summary>One line a kind, by group as discovery lists them.</summary>
    private static IEnumerable<Kind> WithRules(TimeProvider clock)
    {
        var autoscalers = new HorizontalPodAutoscalerKind();
        return
        [
            new ComponentStatusKind(),
            new NamespaceKind(),
            new NodeKind(),
            new PodKind(),
            new PodTemplateKind(),
            new ReplicationControllerKind(),
            new ServiceKind(),
            new EndpointsKind(),
            new ConfigMapKind(),
            new SecretKind(),
            new ServiceAccountKind(),
            new LimitRangeKind(),
            new ResourceQuotaKind(),
            new PersistentVolumeKind(clock),
            new PersistentVolumeClaimKind(),
            new OldEventKind(),
            new APIServiceKind(),
            new CustomResourceDefinitionKind(),
            new ControllerRevisionKind(),
            new DaemonSetKind(),
            new DeploymentKind(),
            new ReplicaSetKind(),
            new StatefulSetKind(),
            new NewEventKind(),
            autoscalers,
            new OldHorizontalPodAutoscalerKind(autoscalers),
            new CronJobKind(),
            new JobKind(),
            new CertificateSigningRequestKind(clock),
            new IngressKind(),
            new IngressClassKind(),
            new NetworkPolicyKind(),
            new IPAddressKind(),
            new ServiceCIDRKind(),
            new PodDisruptionBudgetKind(),
            new RoleKind(),
            new ClusterRoleKind(),
            new RoleBindingKind(),
            new ClusterRoleBindingKind(),
            new StorageClassKind(),
            new VolumeAttachmentKind(),
            new VolumeAttributesClassKind(),
            new CSIDriverKind(),
            new CSINodeKind(),
            new CSIStorageCapacityKind(),
            new MutatingWebhookConfigurationKind(),
            new ValidatingWebhookConfigurationKind(),
            new MutatingAdmissionPolicyKind(),
            new MutatingAdmissionPolicyBindingKind(),
            new ValidatingAdmissionPolicyKind(),
            new ValidatingAdmissionPolicyBindingKind(),
            new PriorityClassKind(),
            new LeaseKind(),
            new RuntimeClassKind(),
            new EndpointSliceKind(),
            new FlowSchemaKind(),
            new PriorityLevelConfigurationKind(),
            new DeviceClassKind(),
            new ResourceClaimKind(),
            new ResourceClaimTemplateKind(),
            new ResourceSliceKind(clock),
        ];
    }
}
