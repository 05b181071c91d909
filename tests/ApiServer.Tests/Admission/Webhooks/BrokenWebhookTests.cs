using System.Text.Json.Nodes;
using KubeSharp.Objects.AdmissionregistrationV1;
using Microsoft.AspNetCore.Http;
using static KubeSharp.ApiServer.Tests.Admission.Webhooks.WebhookTests;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Webhooks;

/// <summary>Webhooks that hang, lie, answer rubbish or are gone: the failure policy holds, within the timeout.</summary>
public sealed class BrokenWebhookTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "rubbish", "failed to call webhook: couldn't get version/kind; json parse error: " },
        { "half", "failed to call webhook: " },
        { "die", "failed to call webhook: Post \"https://127.0.0.1:" },
        { "500", "failed to call webhook: an error on the server (\"out of order\") has prevented the request from succeeding" },
        { "404", "failed to call webhook: the server could not find the requested resource" },
        { "302", "failed to call webhook: the server responded with the status code 302" },
        { "empty", "received invalid webhook response: webhook response was absent" },
        { "uid", "received invalid webhook response: expected response.uid=\"" },
        { "kind", "received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got v1, Kind=Pod" },
        { "patch", "received invalid webhook response: validating webhook may not return response.patch" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_webhook_that_does_not_answer_the_question_fails_by_its_policy(string fault, string why)
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync((context, question) => MisbehaveAsync(fault, context, question));
        var configuration = await server.CreateAsync(Validating(hook.Url(), Rule(["CREATE"], "configmaps")));

        var e = await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        Assert.Equal((500, "InternalError"), (e.Code, e.Reason));
        Assert.StartsWith("Internal error occurred: failed calling webhook \"hook.example.com\": " + why, e.Message, StringComparison.Ordinal);

        await server.UpdateAsync(WithHook(configuration, h => h with { FailurePolicy = "Ignore" }));
        var options = Admin with { AuditAnnotations = new Dictionary<string, string>() };
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a"), options, Ct);
        Assert.Equal("hook.example.com", options.AuditAnnotations["failed-open.validating.webhook.admission.k8s.io/round_0_index_0"]);
    }

    [Fact]
    public async Task A_webhook_that_hangs_is_given_up_when_its_time_is_over()
    {
        await using var server = await StartAsync();
        var arrived = new SemaphoreSlim(0);
        await using var hook = await TestWebhook.StartAsync(async (context, _) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await server.CreateAsync(WithHook(Mutating("hang", hook.Url(), Rule(["CREATE"], "configmaps")), h => h with { TimeoutSeconds = 3 }));
        await server.CreateAsync(WithHook(Validating(hook.Url(), Rule(["CREATE"], "configmaps")), h => h with { TimeoutSeconds = 5, FailurePolicy = "Ignore" }));

        var write = server.CreateAsync(ConfigMap("a"));
        await arrived.WaitAsync(Ct);
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        var e = await FailsAsync(() => write);
        Assert.EndsWith("/review?timeout=3s\": context deadline exceeded", e.Message, StringComparison.Ordinal);

        await server.DeleteAsync<MutatingWebhookConfiguration>("hang");
        write = server.CreateAsync(ConfigMap("a"));
        await arrived.WaitAsync(Ct);
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        await write;
    }

    [Fact]
    public async Task A_webhook_that_is_gone_or_shows_a_foreign_certificate_is_not_believed()
    {
        await using var server = await StartAsync();
        var hook = await TestWebhook.StartAsync(_ => TestWebhook.Allow());
        using var other = new TestAuthority();
        var target = hook.Url();
        var configuration = await server.CreateAsync(Validating(target with { CaBundle = other.Bundle }, Rule(["CREATE"], "configmaps")));
        Assert.Contains("tls: failed to verify certificate: x509: ", (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Message, StringComparison.Ordinal);
        Assert.Empty(hook.Asked);

        configuration = await server.UpdateAsync(WithHook(configuration, h => h with { ClientConfig = target with { CaBundle = "junk"u8.ToArray() } }));
        Assert.Contains("unable to load root certificates", (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Message, StringComparison.Ordinal);

        await hook.DisposeAsync();
        await server.UpdateAsync(WithHook(configuration, h => h with { ClientConfig = target }));
        Assert.EndsWith("connect: connection refused", (await FailsAsync(() => server.CreateAsync(ConfigMap("a")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"op":"replace","path":"/data/none/deep","value":1}]""", "doc is missing path")]
    [InlineData("""[{"op":"replace","path":"/data","value":"text"}]""", "hook.example.com")]
    [InlineData("""[{"op":"replace","path":"/metadata/namespace","value":"kube-system"}]""", "attempted to move the object to another namespace")]
    [InlineData("not json", "received undecodable patch in webhook response")]
    public async Task A_patch_that_cannot_be_applied_is_an_error_of_the_server(string patch, string why)
    {
        await using var server = await StartAsync();
        await using var hook = await TestWebhook.StartAsync(_ => TestWebhook.Patch(patch));
        await server.CreateAsync(Mutating("hook", hook.Url(), Rule(["CREATE"], "configmaps")));
        var e = await FailsAsync(() => server.CreateAsync(ConfigMap("a", ("k", "v"))));
        Assert.Equal(500, e.Code);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private static async Task MisbehaveAsync(string fault, HttpContext context, JsonNode question)
    {
        var response = new JsonObject { ["uid"] = question["uid"]?.DeepClone(), ["allowed"] = true };
        var review = new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
        switch (fault)
        {
            case "rubbish":
                await context.Response.WriteAsync("<html>");
                return;
            case "half":
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("{\"apiVersion\":");
                context.Abort();
                return;
            case "die":
                context.Abort();
                return;
            case "500":
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("out of order");
                return;
            case "404" or "302":
                context.Response.StatusCode = fault == "404" ? 404 : 302;
                return;
            case "empty":
                review.Remove("response");
                break;
            case "uid":
                response["uid"] = "another";
                break;
            case "kind":
                (review["apiVersion"], review["kind"]) = ("v1", "Pod");
                break;
            case "patch":
                (response["patch"], response["patchType"]) = ("W10=", "JSONPatch");
                break;
        }

        await TestWebhook.WriteAsync(context, review);
    }
}
