namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>Objects as short as the API allows.</summary>
internal static class Make
{
    public static PodTemplateSpec Template(string app, string image = "i") => new()
    {
        Metadata = new() { Labels = Labels(app) },
        Spec = new() { Containers = [new() { Name = "c", Image = image }], TerminationGracePeriodSeconds = 5 },
    };

    public static Dictionary<string, string> Labels(string app) => new() { ["app"] = app };

    public static ReplicaSet ReplicaSet(string name, int replicas) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo },
        Spec = new() { Replicas = replicas, Selector = new() { MatchLabels = Labels(name) }, Template = Template(name) },
    };

    /// <summary>Without a selector: the server takes the labels of the template.</summary>
    public static ReplicationController ReplicationController(string name, int replicas) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo },
        Spec = new() { Replicas = replicas, Template = Template(name) },
    };

    public static Pod Pod(string name, string app) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo, Labels = Labels(app) },
        Spec = Template(app).Spec,
    };

    public static ConfigMap ConfigMap(string name, params OwnerReference[] owners) => new()
    {
        Metadata = new() { Name = name, Namespace = TestCluster.Demo, OwnerReferences = owners },
    };
}
