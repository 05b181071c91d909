using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace KubeSharp.SampleApiServer;

/// <summary>An API server for one group: Greetings, kept in memory, served to whom a front proxy vouches for.</summary>
public static class GreetingServer
{
    private const string Root = "/apis/" + Documents.ApiVersion;
    private const string Greetings = Root + "/namespaces/{ns}/greetings";

    public static WebApplication Create(X509Certificate2 certificate, FrontProxies proxies, IPEndPoint endpoint, TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => o.Listen(endpoint, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = static (_, _, _) => true, // looked at with each request, so that the refusal can say why
        })));
        var app = builder.Build();
        app.UseWebSockets();
        Map(app, proxies, new(clock));
        return app;
    }

    private static void Map(WebApplication app, FrontProxies proxies, GreetingStore store)
    {
        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok", context.RequestAborted)));
        Get("/apis", (context, _) => context.Request.Headers.Accept.ToString().Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
            ? TextAsync(context, Documents.Discovery, Documents.Aggregated)
            : TextAsync(context, Documents.Groups));
        Get("/apis/" + Documents.Group, (context, _) => TextAsync(context, Documents.OneGroup));
        Get(Root, (context, _) => TextAsync(context, Documents.Resources));
        Get("/openapi/v3", (context, _) => TextAsync(context, Documents.OpenApiIndex));
        Get("/openapi/v3" + Root, (context, _) => TextAsync(context, Documents.OpenApi));
        Get(Root + "/greetings", (context, _) => ListOrWatchAsync(context, store));
        Get(Greetings, (context, _) => ListOrWatchAsync(context, store));
        Get(Greetings + "/{name}", (context, _) => OneAsync(context, store.Find(Part(context, "ns"), Part(context, "name"))));
        Get(Greetings + "/{name}/chat", (context, by) => ChatAsync(context, by));
        app.MapPost(Greetings, Known(proxies, (context, by) => CreateAsync(context, store, by)));
        app.MapDelete(Greetings + "/{name}", Known(proxies, (context, _) => OneAsync(context, store.TryDelete(Part(context, "ns"), Part(context, "name")))));

        void Get(string path, Func<HttpContext, Caller, Task> answer) => app.MapGet(path, Known(proxies, answer));
    }

    private static RequestDelegate Known(FrontProxies proxies, Func<HttpContext, Caller, Task> answer) => context => proxies.Identify(context) is { } caller
        ? answer(context, caller)
        : JsonAsync(context, 401, Documents.Failure(401, "Unauthorized", "only a front proxy that shows its certificate may ask"));

    private static async Task ListOrWatchAsync(HttpContext context, GreetingStore store)
    {
        var ns = Part(context, "ns");
        if (context.Request.Query["watch"].ToString() is "1" or "true")
        {
            await WatchAsync(context, store, ns);
            return;
        }

        var (items, revision) = store.List(ns);
        await JsonAsync(context, 200, new()
        {
            ["kind"] = "GreetingList",
            ["apiVersion"] = Documents.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) },
            ["items"] = new JsonArray([.. items]),
        });
    }

    private static async Task WatchAsync(HttpContext context, GreetingStore store, string ns)
    {
        var seen = context.Request.Query["resourceVersion"].ToString();
        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var (type, obj) in store.WatchAsync(ns, seen is "" or "0" ? null : long.Parse(seen, CultureInfo.InvariantCulture), context.RequestAborted))
        {
            var line = new JsonObject { ["type"] = type, ["object"] = obj.DeepClone() }.ToJsonString() + "\n";
            await context.Response.WriteAsync(line, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task CreateAsync(HttpContext context, GreetingStore store, Caller by)
    {
        JsonNode? posted;
        try
        {
            posted = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException e)
        {
            await JsonAsync(context, 400, Documents.Failure(400, "BadRequest", e.Message));
            return;
        }

        if ((string?)posted?["metadata"]?["name"] is not { Length: > 0 } name)
            await JsonAsync(context, 422, Documents.Failure(422, "Invalid", "metadata.name: Required value"));
        else if (store.TryCreate(Part(context, "ns"), name, posted["spec"] as JsonObject ?? [], by) is { } made)
            await JsonAsync(context, 201, made);
        else
            await JsonAsync(context, 409, Documents.Failure(409, "AlreadyExists", $"greetings.{Documents.Group} \"{name}\" already exists"));
    }

    /// <summary>A WebSocket that answers each message with the name of who sent it.</summary>
    private static async Task ChatAsync(HttpContext context, Caller by)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await JsonAsync(context, 400, Documents.Failure(400, "BadRequest", "a chat needs a WebSocket"));
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
            await socket.SendAsync(Encoding.UTF8.GetBytes($"{by.User}: {Encoding.UTF8.GetString(buffer, 0, message.Count)}"), WebSocketMessageType.Text, true, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
    }

    private static Task OneAsync(HttpContext context, JsonObject? found) => found is not null
        ? JsonAsync(context, 200, found)
        : JsonAsync(context, 404, Documents.Failure(404, "NotFound", $"greetings.{Documents.Group} \"{Part(context, "name")}\" not found"));

    private static string Part(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    private static Task JsonAsync(HttpContext context, int code, JsonObject body)
    {
        context.Response.StatusCode = code;
        return TextAsync(context, body.ToJsonString());
    }

    private static Task TextAsync(HttpContext context, string body, string type = "application/json")
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
