using System.Net;
using KubeSharp.SampleWebhook;
using static KubeSharp.ApiServer.Tests.Admission.Webhooks.WebhookTests;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Webhooks;

/// <summary>The program of <c>examples/sample-webhook</c>, run as it is.</summary>
public sealed class SampleWebhookTests
{
    [Fact]
    public async Task The_sample_refuses_a_labelled_config_map_and_marks_pods()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue();
        await using var app = WebhookServer.Create(certificate, new IPEndPoint(IPAddress.Loopback, 0));
        await app.StartAsync(Ct);
        var address = app.Urls.First().TrimEnd('/');
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await server.CreateAsync(Validating(new() { Url = address + "/validate", CaBundle = authority.Bundle }, Rule(["CREATE", "UPDATE"], "configmaps")));
        await server.CreateAsync(Mutating("marks", new() { Url = address + "/mutate", CaBundle = authority.Bundle }, Rule(["CREATE"], "pods")));

        await server.CreateAsync(ConfigMap("fine"));
        var labelled = ConfigMap("not") with { Metadata = new() { Name = "not", Namespace = "demo", Labels = new Dictionary<string, string> { ["example.com/forbidden"] = "true" } } };
        var e = await FailsAsync(() => server.CreateAsync(labelled));
        Assert.Equal((403, "admission webhook \"hook.example.com\" denied the request: the label example.com/forbidden says so"), (e.Code, e.Message));
        Assert.Equal("sample-webhook", (await server.CreateAsync(PodAdmissionTests.Pod("p"))).Metadata.Annotations["example.com/seen-by"]);
    }
}
