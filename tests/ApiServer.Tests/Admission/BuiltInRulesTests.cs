using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.CertificatesV1;
using KubeSharp.Objects.NodeV1;
using KubeSharp.Objects.StorageV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission;

/// <summary>The small rules upstream turns on by default.</summary>
public sealed class BuiltInRulesTests
{
    [Fact]
    public async Task A_runtime_class_brings_its_overhead_and_its_nodes()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await server.CreateAsync(new RuntimeClass
        {
            Metadata = new() { Name = "vm" },
            Handler = "vm",
            Overhead = new() { PodFixed = Amounts("memory", "64Mi") },
            Scheduling = new() { NodeSelector = new Dictionary<string, string> { ["kvm"] = "yes" }, Tolerations = [new() { Key = "vm", Operator = "Exists" }] },
        });

        var pod = await server.CreateAsync(WithSpec("a", s => s with { RuntimeClassName = "vm", NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" } }));
        Assert.Equal("64Mi", pod.Spec.Overhead["memory"].ToString());
        Assert.Equal(["disk", "kvm"], pod.Spec.NodeSelector.Keys.Order());
        Assert.Contains(pod.Spec.Tolerations, t => t is { Key: "vm", Operator: "Exists" });

        await RefusedAsync("pod rejected: RuntimeClass \"none\" not found", () => server.CreateAsync(WithSpec("b", s => s with { RuntimeClassName = "none" })));
        await RefusedAsync("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead", () => server.CreateAsync(WithSpec("c", s => s with { RuntimeClassName = "vm", Overhead = Amounts("memory", "1Mi") })));
        await RefusedAsync("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead", () => server.CreateAsync(WithSpec("d", s => s with { Overhead = Amounts("memory", "1Mi") })));
        await RefusedAsync("conflict: runtimeClass.scheduling.nodeSelector[kvm] = yes; pod.spec.nodeSelector[kvm] = no", () => server.CreateAsync(WithSpec("e", s => s with { RuntimeClassName = "vm", NodeSelector = new Dictionary<string, string> { ["kvm"] = "no" } })));
    }

    [Fact]
    public async Task Claims_and_volumes_in_use_are_protected_and_a_claim_grows_only_where_its_class_lets_it()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(new StorageClass { Metadata = new() { Name = "fixed" }, Provisioner = "example.com/p" });
        await server.CreateAsync(new StorageClass { Metadata = new() { Name = "wide" }, Provisioner = "example.com/p", AllowVolumeExpansion = true });
        var claim = await server.CreateAsync(Claim("c", "fixed"));
        Assert.Equal(["kubernetes.io/pvc-protection"], claim.Metadata.Finalizers);

        Assert.Equal(422, (await FailsAsync(() => server.UpdateAsync(Grown(claim)))).Code); // the kind's own rule comes first: nothing of it changes before it is bound
        claim = await server.UpdateAsync(claim with { Status = new() { Phase = "Bound" } }, "status");
        await RefusedAsync("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize", () => server.UpdateAsync(Grown(claim)));

        var wide = await server.CreateAsync(Claim("w", "wide"));
        wide = await server.UpdateAsync(wide with { Status = new() { Phase = "Bound", Capacity = Amounts("storage", "1Gi") } }, "status");
        Assert.Equal("2Gi", (await server.UpdateAsync(Grown(wide))).Spec.Resources.Requests["storage"].ToString());

        static PersistentVolumeClaim Grown(PersistentVolumeClaim claim) => claim with { Spec = claim.Spec with { Resources = new() { Requests = Amounts("storage", "2Gi") } } };
    }

    [Fact]
    public async Task Approving_and_signing_take_a_right_for_the_signer_and_nobody_is_signed_into_the_masters()
    {
        await using var server = await StartAsync();
        server.Core.Authorizer = new Signers();
        var csr = await server.CreateAsync(Request("ok", "kubernetes.io/kube-apiserver-client", "CN=jane, O=dev"));
        await RefusedAsync("use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed", () => server.CreateAsync(Request("no", "kubernetes.io/kube-apiserver-client", "CN=jane, O=dev, O=system:masters")));

        var approved = csr with { Status = new() { Conditions = [new() { Type = "Approved", Status = "True" }] } };
        var resource = server.Of<CertificateSigningRequest>();
        await RefusedAsync("user not permitted to approve requests with signerName \"kubernetes.io/kube-apiserver-client\"", () => server.Verbs.UpdateAsync(resource, new("", "ok"), "approval", approved, By("mallory"), Ct));
        var (now, _) = await server.Verbs.UpdateAsync(resource, new("", "ok"), "approval", approved, By("approver"), Ct);
        var signed = (CertificateSigningRequest)now.Object;
        signed = signed with { Status = signed.Status with { Conditions = [.. signed.Status.Conditions, new() { Type = "Failed", Status = "True" }] } };
        await RefusedAsync("user not permitted to sign requests with signerName \"kubernetes.io/kube-apiserver-client\"", () => server.Verbs.UpdateAsync(resource, new("", "ok"), "status", signed, By("approver"), Ct));

        static WriteOptions By(string name) => new(new Identity(name, []));
    }

    [Fact]
    public async Task A_bound_pod_learns_its_zone()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await server.CreateAsync(new Node { Metadata = new() { Name = "n", Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "a", ["other"] = "x" } } });
        await server.CreateAsync(PodAdmissionTests.Pod("p"));
        var subresource = server.Core.Subresources(null!).Find(server.Of<Pod>(), "binding")!;
        await subresource.HandleAsync(new(Subresources.Stored.SubresourceVerb.Create, server.Of<Pod>(), new("demo", "p"), Admin) { Posted = new Binding { Metadata = new() { Name = "p" }, Target = new() { Kind = "Node", Name = "n" } } }, Ct);
        var pod = await server.GetAsync<Pod>("p");
        Assert.Equal(("n", "a", false), (pod.Spec.NodeName, pod.Metadata.Labels["topology.kubernetes.io/zone"], pod.Metadata.Labels.ContainsKey("other")));
    }

    private static async Task RefusedAsync(string why, Func<Task> call)
    {
        var e = await FailsAsync(call);
        Assert.True(e.Code == 403, e.Message);
        Assert.EndsWith("is forbidden: " + why, e.Message, StringComparison.Ordinal);
    }

    private static Pod WithSpec(string name, Func<PodSpec, PodSpec> change)
    {
        var pod = PodAdmissionTests.Pod(name);
        return pod with { Spec = change(pod.Spec) };
    }

    private static Dictionary<string, Quantity> Amounts(string name, string amount) => new() { [name] = Quantity.Parse(amount) };

    private static PersistentVolumeClaim Claim(string name, string storageClass) => new()
    {
        Metadata = new() { Name = name, Namespace = "demo" },
        Spec = new() { AccessModes = ["ReadWriteOnce"], StorageClassName = storageClass, Resources = new() { Requests = Amounts("storage", "1Gi") } },
    };

    private static CertificateSigningRequest Request(string name, string signer, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return new() { Metadata = new() { Name = name }, Spec = new() { SignerName = signer, Request = Encoding.ASCII.GetBytes(pem), Usages = ["client auth"] } };
    }

    private sealed class Signers : IAuthorizer
    {
        public ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct) =>
            new(request is { User.Name: "approver", Verb: "approve", Resource: "signers", Name: "kubernetes.io/*" } ? Decision.Allow("") : Decision.NoOpinion);
    }
}
