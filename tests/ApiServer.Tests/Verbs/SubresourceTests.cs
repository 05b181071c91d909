using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.ApiServer.Tests.Admission;
using KubeSharp.Objects.AppsV1;
using KubeSharp.Objects.AuthenticationV1;
using KubeSharp.Objects.AutoscalingV1;
using KubeSharp.Objects.CertificatesV1;
using KubeSharp.Objects.PolicyV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class SubresourceTests
{
    [Fact]
    public async Task Scale_reads_and_writes_the_replicas()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        var template = new PodTemplateSpec { Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = "web" } }, Spec = PodAdmissionTests.Pod("x").Spec };
        var made = await server.CreateAsync(new ReplicaSet { Metadata = new() { Name = "rs", Namespace = "demo" }, Spec = new() { Replicas = 2, Selector = new() { MatchLabels = template.Metadata.Labels }, Template = template } });

        var scale = (Scale)(await CallAsync(server, server.Of<ReplicaSet>(), "scale", SubresourceVerb.Get, "rs")).Object!;
        Assert.Equal((2, "app=web", made.Metadata.ResourceVersion), (scale.Spec.Replicas, scale.Status.Selector, scale.Metadata.ResourceVersion));

        scale = (Scale)(await CallAsync(server, server.Of<ReplicaSet>(), "scale", SubresourceVerb.Update, "rs", scale with { Spec = new() { Replicas = 5 } })).Object!;
        Assert.Equal((5, 2L), (scale.Spec.Replicas, (await server.GetAsync<ReplicaSet>("rs")).Metadata.Generation));
        var stale = scale with { Metadata = scale.Metadata with { ResourceVersion = made.Metadata.ResourceVersion } };
        Assert.True((await FailsAsync(() => CallAsync(server, server.Of<ReplicaSet>(), "scale", SubresourceVerb.Update, "rs", stale))).IsConflict);

        var patch = new PatchCall("application/merge-patch+json", """{"spec":{"replicas":7}}""");
        scale = (Scale)(await CallAsync(server, server.Of<ReplicaSet>(), "scale", SubresourceVerb.Patch, "rs", patch: patch)).Object!;
        Assert.Equal(7, scale.Spec.Replicas);
    }

    [Fact]
    public async Task A_pod_is_bound_once()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await server.CreateAsync(PodAdmissionTests.Pod("p"));
        var binding = new Binding { Metadata = new() { Name = "p" }, Target = new() { Kind = "Node", Name = "one" } };

        Assert.Equal(201, (await CallAsync(server, server.Of<Pod>(), "binding", SubresourceVerb.Create, "p", binding)).Code);
        var pod = await server.GetAsync<Pod>("p");
        Assert.Equal(("one", "True"), (pod.Spec.NodeName, pod.Status.Conditions.Single(c => c.Type == "PodScheduled").Status));

        var again = await FailsAsync(() => CallAsync(server, server.Of<Pod>(), "binding", SubresourceVerb.Create, "p", binding with { Target = new() { Name = "two" } }));
        Assert.Equal((409, "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"one\""), (again.Code, again.Message));
        var missing = await FailsAsync(() => CallAsync(server, server.Find("", "v1", "bindings"), "", SubresourceVerb.Create, "", binding with { Metadata = new() { Name = "none" } }));
        Assert.Equal("pods \"none\" not found", missing.Message);
    }

    [Fact]
    public async Task An_eviction_keeps_to_the_budget()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        foreach (var name in (string[])["p", "q"])
        {
            var pod = await server.CreateAsync(PodAdmissionTests.Pod(name));
            await server.UpdateAsync(pod with { Status = pod.Status with { Phase = "Running", Conditions = [new() { Type = "Ready", Status = "True" }] } }, "status");
        }

        var budget = await server.CreateAsync(new PodDisruptionBudget { Metadata = new() { Name = "pdb", Namespace = "demo" }, Spec = new() { MinAvailable = 1, Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } } } });
        budget = await server.UpdateAsync(budget with { Status = new() { ObservedGeneration = budget.Metadata.Generation, DisruptionsAllowed = 1, CurrentHealthy = 2, DesiredHealthy = 1, ExpectedPods = 2 } }, "status");

        await CallAsync(server, server.Of<Pod>(), "eviction", SubresourceVerb.Create, "p", new Eviction { Metadata = new() { Name = "p" } });
        var taken = await server.GetAsync<PodDisruptionBudget>("pdb");
        Assert.Equal(0, taken.Status.DisruptionsAllowed);
        Assert.Contains("p", taken.Status.DisruptedPods.Keys);

        var refused = await FailsAsync(() => CallAsync(server, server.Of<Pod>(), "eviction", SubresourceVerb.Create, "q", new Eviction { Metadata = new() { Name = "q" } }));
        Assert.Equal((429, "Cannot evict pod as it would violate the pod's disruption budget."), (refused.Code, refused.Message));
        Assert.Equal(("DisruptionBudget", "The disruption budget pdb needs 1 healthy pods and has 2 currently"), (refused.Status.Details!.Causes[0].Reason, refused.Status.Details.Causes[0].Message));
        await server.GetAsync<Pod>("q");
    }

    [Fact]
    public async Task Only_the_parts_that_a_subresource_owns_are_written()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        var pod = await server.CreateAsync(PodAdmissionTests.Pod("p"));
        var wanted = pod with { Spec = pod.Spec with { NodeName = "smuggled", EphemeralContainers = [new() { Name = "debug", Image = "busybox" }] } };
        var debugged = await server.UpdateAsync(wanted, "ephemeralcontainers");
        Assert.Equal(("", "debug"), (debugged.Spec.NodeName, Assert.Single(debugged.Spec.EphemeralContainers).Name));
        Assert.Equal(404, (await FailsAsync(() => server.UpdateAsync(wanted, "binding"))).Code);
    }

    [Fact]
    public async Task A_request_for_a_certificate_says_who_asks_and_is_decided_once()
    {
        await using var server = await StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=someone", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var request = await server.CreateAsync(new CertificateSigningRequest
        {
            Metadata = new() { Name = "r" },
            Spec = new() { Request = Encoding.UTF8.GetBytes(pem), SignerName = "example.com/signer", Usages = ["client auth"], Username = "someone else", Groups = ["another"] },
            Status = new() { Conditions = [new() { Type = "Approved", Status = "True" }] },
        });
        Assert.Equal(("admin", Identity.Masters, 0), (request.Spec.Username, Assert.Single(request.Spec.Groups), request.Status.Conditions.Count));

        CertificateSigningRequest With(string type) => request with { Status = new() { Conditions = [new() { Type = type, Status = "True" }] } };
        var unasked = await FailsAsync(() => server.UpdateAsync(With("Approved"), "status"));
        Assert.Equal("updates may not add a condition of type \"Approved\"", unasked.Status.Details!.Causes[0].Message.Split(": ")[1]);

        var approved = await server.UpdateAsync(With("Approved"), "approval");
        Assert.NotNull(Assert.Single(approved.Status.Conditions).LastTransitionTime);
        request = approved;
        var reversed = await FailsAsync(() => server.UpdateAsync(With("Denied"), "approval"));
        Assert.Equal("Forbidden: updates may not remove a condition of type \"Approved\"", reversed.Status.Details!.Causes[0].Message);
    }

    /// <summary>As upstream's suite of v1.20 asks it of requests for certificates and of Ingresses.</summary>
    [Fact]
    public async Task Annotations_sent_along_with_a_decision_or_a_status_are_written_and_owned()
    {
        await using var server = await StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=someone", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        await server.CreateAsync(new CertificateSigningRequest
        {
            Metadata = new() { Name = "r" },
            Spec = new() { Request = Encoding.UTF8.GetBytes(pem), SignerName = "example.com/signer", Usages = ["client auth"] },
        });

        foreach (var subresource in (string[])["approval", "status"])
        {
            var request = await server.GetAsync<CertificateSigningRequest>("r", "");
            var annotated = request with
            {
                Metadata = request.Metadata with { Annotations = new Dictionary<string, string>(request.Metadata.Annotations) { [subresource] = "true" } },
                Spec = request.Spec with { SignerName = "example.com/another" },
            };
            await server.UpdateAsync(annotated, subresource);
        }

        var written = await server.GetAsync<CertificateSigningRequest>("r", "");
        Assert.Equal(["approval", "status"], written.Metadata.Annotations.Keys);
        Assert.Equal("example.com/signer", written.Spec.SignerName);
    }

    private static Task<SubresourceAnswer> CallAsync(
        TestServer server, KubeSharp.ApiServer.Registry.ServedResource resource, string subresource, SubresourceVerb verb, string name, IObject? body = null, PatchCall? patch = null)
    {
        var found = server.Core.Subresources(new NoTokens()).Find(resource, subresource)!;
        return found.HandleAsync(new(verb, resource, new("demo", name), Admin)
        {
            Posted = body,
            Patch = patch is null ? null : new(patch.Type, Encoding.UTF8.GetBytes(patch.Json), false),
        }, Ct);
    }

    private sealed record PatchCall(string Type, string Json);

    private sealed class NoTokens : ITokenIssuer
    {
        public ValueTask<TokenRequest> IssueAsync(ServiceAccount account, TokenRequest request, CancellationToken ct) => throw new NotSupportedException();
    }
}
