using KubeSharp.Controllers.Accounts;
using KubeSharp.Controllers.Deployments;
using KubeSharp.Controllers.GarbageCollection;
using KubeSharp.Controllers.Namespaces;
using KubeSharp.Controllers.Nodes;
using KubeSharp.Controllers.Policies;
using KubeSharp.Controllers.Quotas;
using KubeSharp.Controllers.Replicas;
using KubeSharp.Controllers.Services;
using KubeSharp.Controllers.Storage;
using KubeSharp.Objects.AppsV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Controllers;

/// <summary>What controllers have to know about the cluster.</summary>
public sealed record ControllerOptions
{
    /// <summary>kube-controller-manager's <c>--cluster-cidr</c>.</summary>
    public string ClusterCidr { get; init; } = "10.42.0.0/16";

    /// <summary>kube-controller-manager's <c>--root-ca-file</c>, its content.</summary>
    public required string AuthorityPem { get; init; }

    /// <summary>kube-controller-manager's <c>--terminated-pod-gc-threshold</c>: of more finished pods the oldest go.</summary>
    public int FinishedPods { get; init; } = 12_500;

    public NodeLifecycleOptions Nodes { get; init; } = new();
}

/// <summary>All controllers, one line each; the order is that of their start and means nothing else.</summary>
public sealed class ControllerList
{
    private readonly GarbageCollector _garbage;

    /// <param name="clientFor">The API as the controller of that name may use it: each has a role of its own.</param>
    public ControllerList(
        ControllerOptions options, Func<string, IClient> clientFor, Func<string, IEventRecorder> eventsFor, TimeProvider clock, ILoggerFactory logs)
    {
        _garbage = new(clientFor("generic-garbage-collector"), eventsFor("generic-garbage-collector"), clock, logs.CreateLogger<GraphSource>());
        var quotas = new ResourceQuotaController(clientFor("resourcequota-controller"), clock);
        _garbage.Source.Deleted = quotas.Deleted;
        All =
        [
            new NamespaceController(clientFor("namespace-controller"), clock),
            new ServiceAccountController(clientFor("service-account-controller")),
            new RootCaController(clientFor("root-ca-cert-publisher"), options.AuthorityPem),
            new DeploymentController(clientFor("deployment-controller"), eventsFor("deployment-controller"), clock),
            new ReplicaController<ReplicaSet>(new ReplicaSets(), clientFor("replicaset-controller"), eventsFor("replicaset-controller"), clock),
            new ReplicaController<ReplicationController>(new ReplicationControllers(), clientFor("replication-controller"), eventsFor("replication-controller"), clock),
            new EndpointSliceController(clientFor("endpointslice-controller")),
            new EndpointsController(clientFor("endpoint-controller")),
            new ServiceCidrController(clientFor("service-cidrs-controller"), eventsFor("service-cidrs-controller"), clock),
            new PodCidrController(clientFor("node-controller"), eventsFor("node-controller"), options.ClusterCidr),
            new NodeLifecycleController(clientFor("node-controller"), eventsFor("node-controller"), options.Nodes, clock),
            new TaintEvictionController(clientFor("node-controller"), eventsFor("node-controller"), clock),
            new PodGarbageController(clientFor("pod-garbage-collector"), options.FinishedPods, clock),
            new ClusterRoleAggregationController(clientFor("clusterrole-aggregation-controller")),
            quotas,
            new ClaimProtectionController(clientFor("pvc-protection-controller")),
            new VolumeProtectionController(clientFor("pv-protection-controller")),
            new PolicyStatusController(clientFor("validatingadmissionpolicy-status-controller")),
            _garbage,
        ];
    }

    public IReadOnlyList<IController> All { get; }

    /// <summary>What runs beside the controllers' loops: the garbage collector's view of everything.</summary>
    public Task RunSourcesAsync(CancellationToken ct) => _garbage.Source.RunAsync(ct);
}
