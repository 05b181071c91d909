using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Tests;

/// <summary>Which of the metadata a write of the status takes along, after upstream's strategies.</summary>
public sealed class StatusMetadataTests
{
    private static readonly BuiltIn Kinds = new(TimeProvider.System);

    private static readonly ObjectMeta Sent = new()
    {
        Name = "x",
        ResourceVersion = "7",
        Labels = new Dictionary<string, string> { ["a"] = "new" },
        Annotations = new Dictionary<string, string> { ["a"] = "new" },
        Finalizers = ["example.com/new"],
        OwnerReferences = [new() { Name = "new" }],
        ManagedFields = [new() { Manager = "new" }],
    };

    [Theory]
    [InlineData("", "Namespace", true)]
    [InlineData("", "Node", true)]
    [InlineData("", "ReplicationController", true)]
    [InlineData("", "Service", true)]
    [InlineData("apps", "ReplicaSet", true)]
    [InlineData("batch", "Job", true)]
    [InlineData("certificates.k8s.io", "CertificateSigningRequest", true)]
    [InlineData("networking.k8s.io", "Ingress", true)]
    [InlineData("policy", "PodDisruptionBudget", true)]
    [InlineData("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", false)]
    [InlineData("apiextensions.k8s.io", "CustomResourceDefinition", false)]
    [InlineData("apiregistration.k8s.io", "APIService", false)]
    [InlineData("flowcontrol.apiserver.k8s.io", "FlowSchema", false)]
    [InlineData("networking.k8s.io", "ServiceCIDR", false)]
    [InlineData("resource.k8s.io", "ResourceClaim", false)]
    [InlineData("storage.k8s.io", "VolumeAttachment", false)]
    public void Most_take_what_is_writable_and_some_nothing(string group, string name, bool takes)
    {
        var kind = Kinds.Find(group, "v1", name)!;
        var old = kind.Codec.Decode("""{"metadata":{"name":"x","uid":"u","resourceVersion":"7"}}"""u8, DecodeContext.Lenient);

        var kept = kind.PrepareForStatusUpdate(old, old.CopyWith(Sent)).Metadata;

        Assert.Equal(("u", 1), (kept.Uid, kept.ManagedFields.Count));
        Assert.Equal(takes ? (1, 1, 1, 1) : (0, 0, 0, 0), (kept.Labels.Count, kept.Annotations.Count, kept.Finalizers.Count, kept.OwnerReferences.Count));
    }

    [Fact]
    public void A_deployment_takes_all_but_labels()
    {
        var kind = Kinds.Find("apps", "v1", "Deployment")!;

        var kept = kind.PrepareForStatusUpdate(new Deployment { Metadata = new() { Name = "x" } }, new Deployment { Metadata = Sent }).Metadata;

        Assert.Equal((0, 1, 1), (kept.Labels.Count, kept.Annotations.Count, kept.Finalizers.Count));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("7")]
    public void The_generation_of_a_daemonsets_template_is_not_its_status_to_change(string? sent)
    {
        const string Generation = "deprecated.daemonset.template.generation";
        var kind = Kinds.Find("apps", "v1", "DaemonSet")!;
        var old = new DaemonSet { Metadata = new() { Name = "x", Annotations = new Dictionary<string, string> { [Generation] = "3" } } };
        var annotations = new Dictionary<string, string> { ["a"] = "new" };
        if (sent is not null)
            annotations[Generation] = sent;

        var kept = kind.PrepareForStatusUpdate(old, kind.ApplyDefaults(old with { Metadata = old.Metadata with { Annotations = annotations } })).Metadata;

        Assert.Equal(("3", "new"), (kept.Annotations[Generation], kept.Annotations["a"]));
    }
}
