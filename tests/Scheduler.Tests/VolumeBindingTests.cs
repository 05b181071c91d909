using KubeSharp.Objects.StorageV1;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;

namespace KubeSharp.Scheduler.Tests;

public sealed class VolumeBindingTests
{
    private readonly ClusterCache _cluster = Make.Cluster(Make.Node("n1"), Make.Node("n2"));
    private readonly PodInfo _pod = Make.Pod("p").With(s => s with
    {
        Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "c" } }],
    }).Info();

    [Fact]
    public void A_claim_that_is_not_there_or_not_bound_yet_keeps_the_pod_from_every_node()
    {
        Assert.Equal("persistentvolumeclaim \"c\" not found", PreFilter());

        Claim(storageClass: "fast");
        Assert.Equal("pod has unbound immediate PersistentVolumeClaims", PreFilter());
    }

    [Fact]
    public void A_bound_volume_holds_the_pod_where_it_can_be_reached()
    {
        Claim(volume: "v");
        Assert.Equal("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)", Filter("n1"));

        Volume("v", onNode: "n1");

        Assert.Null(Filter("n1"));
        Assert.Equal("node(s) didn't match PersistentVolume's node affinity", Filter("n2"));
    }

    [Fact]
    public void A_waiting_claim_takes_the_smallest_volume_that_does()
    {
        Class("local", "kubernetes.io/no-provisioner");
        Claim(storageClass: "local");
        Volume("large", onNode: "n1", size: "9Gi", storageClass: "local");
        Volume("right", onNode: "n1", size: "2Gi", storageClass: "local");
        Volume("small", onNode: "n2", size: "500Mi", storageClass: "local");

        Assert.Null(Filter("n1"));
        Assert.Equal("node(s) didn't find available persistent volumes to bind", Filter("n2"));
        var plan = Assert.Single(VolumeBinding.Plan(_pod, _cluster.Node("n1")!, _cluster));
        Assert.Equal("right", plan.Volume?.Metadata.Name);

        _cluster.Volumes.Promise([plan with { Claim = plan.Claim with { Metadata = plan.Claim.Metadata with { Name = "other" } } }]);
        Assert.Equal("large", VolumeBinding.Plan(_pod, _cluster.Node("n1")!, _cluster).Single().Volume?.Metadata.Name);
    }

    [Fact]
    public void A_waiting_claim_is_provisioned_where_the_class_allows_and_nowhere_else_once_that_has_begun()
    {
        Class("fast", "csi.example.com", allowedNode: "n2");
        Claim(storageClass: "fast");
        Assert.NotNull(Filter("n1"));
        Assert.Null(Filter("n2"));
        Assert.Null(VolumeBinding.Plan(_pod, _cluster.Node("n2")!, _cluster).Single().Volume);

        Class("fast", "csi.example.com");
        Claim(storageClass: "fast", selectedNode: "n1");

        Assert.Null(Filter("n1"));
        Assert.NotNull(Filter("n2"));
    }

    private string? PreFilter() => new VolumeBinding().Prepare(_pod, _cluster).Verdict.Rejection?.Reasons[0];

    private string? Filter(string node)
    {
        var plugin = new VolumeBinding();
        return plugin.Filter(_pod, _cluster.Node(node)!, plugin.Prepare(_pod, _cluster).State).Rejection?.Reasons[0];
    }

    private void Class(string name, string provisioner, string allowedNode = "") => _cluster.Volumes.Set(name, new StorageClass
    {
        Metadata = new() { Name = name },
        Provisioner = provisioner,
        VolumeBindingMode = "WaitForFirstConsumer",
        AllowedTopologies = allowedNode.Length == 0 ? [] : [new() { MatchLabelExpressions = [new() { Key = "kubernetes.io/hostname", Values = [allowedNode] }] }],
    });

    private void Claim(string volume = "", string? storageClass = null, string selectedNode = "")
    {
        var annotations = new Dictionary<string, string>();
        if (volume.Length > 0)
            annotations["pv.kubernetes.io/bind-completed"] = "yes";
        if (selectedNode.Length > 0)
            annotations["volume.kubernetes.io/selected-node"] = selectedNode;
        _cluster.Volumes.Set(new("ns", "c"), new PersistentVolumeClaim
        {
            Metadata = new() { Namespace = "ns", Name = "c", Annotations = annotations },
            Spec = new()
            {
                VolumeName = volume,
                StorageClassName = storageClass,
                AccessModes = ["ReadWriteOnce"],
                Resources = new() { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") } },
            },
        });
    }

    private void Volume(string name, string onNode, string size = "1Gi", string storageClass = "") => _cluster.Volumes.Set(name, new PersistentVolume
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Capacity = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse(size) },
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = storageClass,
            NodeAffinity = new()
            {
                Required = new() { NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "kubernetes.io/hostname", Operator = "In", Values = [onNode] }] }] },
            },
        },
        Status = new() { Phase = "Available" },
    });
}
