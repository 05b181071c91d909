using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.Objects.AdmissionregistrationV1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Tests.Admission.Webhooks;

/// <summary>A webhook over real HTTPS whose answers the test gives.</summary>
internal sealed class TestWebhook : IAsyncDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly WebApplication _app;

    private TestWebhook(Func<HttpContext, JsonNode, Task> answer)
    {
        var certificate = _authority.Issue("hook.demo.svc");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(async context =>
        {
            var question = (await JsonNode.ParseAsync(context.Request.Body))!["request"]!;
            Asked.Enqueue((context.Request.Path + context.Request.QueryString.ToString(), question));
            await answer(context, question);
        });
    }

    /// <summary>All questions in the order of their coming.</summary>
    public ConcurrentQueue<(string Path, JsonNode Request)> Asked { get; } = new();

    public int Port => new Uri(_app.Urls.First()).Port;

    public static Task<TestWebhook> StartAsync(Func<JsonNode, JsonObject> answer) => StartAsync((context, question) =>
    {
        var response = answer(question);
        response.TryAdd("uid", question["uid"]?.DeepClone());
        return WriteAsync(context, new() { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response });
    });

    public static async Task<TestWebhook> StartAsync(Func<HttpContext, JsonNode, Task> answer)
    {
        var hook = new TestWebhook(answer);
        await hook._app.StartAsync();
        return hook;
    }

    public static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    public static JsonObject Allow() => new() { ["allowed"] = true };

    public static JsonObject Patch(string patch) =>
        new() { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)) };

    public WebhookClientConfig Url(string path = "/review") => new() { Url = $"https://127.0.0.1:{Port}{path}", CaBundle = _authority.Bundle };

    public WebhookClientConfig Service(string path) => new() { Service = new() { Namespace = "demo", Name = "hook", Path = path }, CaBundle = _authority.Bundle };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _authority.Dispose();
    }
}
