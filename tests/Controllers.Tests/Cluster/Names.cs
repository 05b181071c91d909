namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>The controllers, by the names of their loops.</summary>
internal static class Names
{
    public const string Namespace = "namespace-controller";
    public const string ServiceAccount = "service-account-controller";
    public const string RootCa = "root-ca-certificate-publisher";
    public const string Deployment = "deployment-controller";
    public const string ReplicaSet = "replicaset-controller";
    public const string ReplicationController = "replicationcontroller-controller";
    public const string EndpointSlice = "endpointslice-controller";
    public const string Endpoints = "endpoint-controller";
    public const string PodCidr = "node-ipam-controller";
    public const string NodeLifecycle = "node-controller";
    public const string TaintEviction = "taint-eviction-controller";
    public const string PodGarbage = "pod-garbage-collector";
    public const string Aggregation = "clusterrole-aggregation-controller";
    public const string Garbage = "generic-garbage-collector";
}
