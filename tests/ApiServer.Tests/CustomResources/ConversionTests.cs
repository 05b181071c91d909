using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Tests.Http;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>Versions with different fields, converted by a webhook: a real TLS server with its own authority.</summary>
public sealed class ConversionTests : IAsyncLifetime
{
    private const string First = "/apis/example.com/v1/namespaces/demo/widgets";
    private const string Second = "/apis/example.com/v2/namespaces/demo/widgets";

    private readonly FakeKubelet _webhook;
    private CustomServer _server = null!;
    private int _asked;
    private string? _failure;

    public ConversionTests() => _webhook = new(AnswerAsync);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await CustomServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _webhook.DisposeAsync();
    }

    [Fact]
    public async Task Each_version_shows_its_own_fields_and_a_list_asks_once()
    {
        await DefineAsync();
        foreach (var i in new[] { 1, 2, 3 })
            await _server.GoodAsync("POST", First, LifeTests.Widget($"w{i}", $$"""{"size": {{i}} }"""));
        _asked = 0;

        var list = await _server.GoodAsync("GET", Second);
        Assert.Equal(["1", "2", "3"], list["items"]!.AsArray().Select(w => w!["spec"]!["count"]!.ToJsonString()));
        Assert.Equal(1, _asked);

        using var watch = await _server.AskAsync("GET", Second + "?watch=1&resourceVersion=" + list["metadata"]!["resourceVersion"]);
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));
        await _server.GoodAsync("PATCH", Second + "/w2", """{"spec":{"count":7},"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json");
        var change = JsonNode.Parse((await events.ReadLineAsync(Ct))!)!;
        Assert.Equal(("MODIFIED", "example.com/v2", 7), ((string?)change["type"], (string?)change["object"]!["apiVersion"], (int)change["object"]!["spec"]!["count"]!));

        var stored = await _server.GoodAsync("GET", First + "/w2");
        Assert.Equal((7, "b"), ((int)stored["spec"]!["size"]!, (string?)stored["metadata"]!["labels"]!["a"]));
    }

    [Fact]
    public async Task Fields_select_in_the_version_that_is_asked_for()
    {
        await DefineAsync();
        foreach (var (name, size) in new[] { ("a", 1), ("b", 2), ("c", 2) })
            await _server.GoodAsync("POST", First, LifeTests.Widget(name, $$"""{"size": {{size}} }"""));

        // The version in which they are stored has no such field.
        var list = await _server.GoodAsync("GET", Second + "?fieldSelector=spec.count%3D2");
        Assert.Equal(["2", "2"], list["items"]!.AsArray().Select(w => w!["spec"]!["count"]!.ToJsonString()));
        Assert.Equal(400, (await _server.SendAsync("GET", First + "?fieldSelector=spec.count%3D2")).Code);
        var first = await _server.GoodAsync("GET", Second + "?fieldSelector=spec.count%3D2&limit=1&resourceVersionMatch=Exact&resourceVersion=" + list["metadata"]!["resourceVersion"]);
        Assert.Single(first["items"]!.AsArray());

        using var watch = await _server.AskAsync("GET", Second + "?watch=1&fieldSelector=spec.count%3D2&resourceVersion=" + list["metadata"]!["resourceVersion"]);
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));
        var seen = new List<string>();
        foreach (var (step, count) in new[] { (1, 3), (2, 4), (3, 2), (4, 2) })
            await _server.GoodAsync("PATCH", $"{Second}/b", $$$$"""{"spec":{"count":{{{{count}}}}},"metadata":{"labels":{"step":"{{{{step}}}}"}}}""", "application/merge-patch+json");
        await _server.GoodAsync("DELETE", $"{Second}/b");
        for (var i = 0; i < 4; i++)
        {
            var change = JsonNode.Parse((await events.ReadLineAsync(Ct))!)!;
            seen.Add($"{change["type"]} {change["object"]!["spec"]!["count"]}");
        }

        Assert.Equal(["DELETED 2", "ADDED 2", "MODIFIED 2", "DELETED 2"], seen);
    }

    [Fact]
    public async Task A_webhook_that_fails_is_named_with_its_reason()
    {
        await DefineAsync();
        await _server.GoodAsync("POST", First, LifeTests.Widget("a", """{"size":1}"""));
        _failure = "no such field";
        var (code, refused) = await _server.SendAsync("GET", Second + "/a");
        Assert.Equal((500, "Internal error occurred: conversion webhook for example.com/v1, Kind=Widget failed: no such field"), (code, (string?)refused["message"]));
        Assert.Equal(1, (int)(await _server.GoodAsync("GET", First + "/a"))["spec"]!["size"]!);
    }

    private Task<JsonNode> DefineAsync()
    {
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(_webhook.Certificate.ExportCertificatePem()));
        return _server.DefineAsync("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},
             "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"https://127.0.0.1:PORT/convert","caBundle":"AUTHORITY"}}},
             "versions":[
              {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer"}}}}}}},
              {"name":"v2","served":true,"storage":false,"selectableFields":[{"jsonPath":".spec.count"}],"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"count":{"type":"integer"}}}}}}}]}}
            """.Replace("PORT", $"{_webhook.Port}", StringComparison.Ordinal).Replace("AUTHORITY", authority, StringComparison.Ordinal));
    }

    private async Task AnswerAsync(string head, Stream stream)
    {
        Interlocked.Increment(ref _asked);
        var length = head.Split("\r\n").Select(l => l.Split(": ")).First(h => h[0].Equals("content-length", StringComparison.OrdinalIgnoreCase))[1];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, Ct);
        var request = JsonNode.Parse(body)!["request"]!;
        var wanted = (string)request["desiredAPIVersion"]!;
        var result = _failure is null ? new JsonObject { ["status"] = "Success" } : new JsonObject { ["status"] = "Failure", ["message"] = _failure };
        var review = new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "ConversionReview",
            ["response"] = new JsonObject { ["uid"] = request["uid"]!.DeepClone(), ["result"] = result, ["convertedObjects"] = new JsonArray([.. request["objects"]!.AsArray().Select(o => Converted(o!, wanted))]) },
        };
        var answer = Encoding.UTF8.GetBytes(review.ToJsonString());
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\nConnection: close\r\n\r\n"), Ct);
        await stream.WriteAsync(answer, Ct);
    }

    private static JsonNode Converted(JsonNode obj, string wanted)
    {
        var converted = obj.DeepClone();
        converted["apiVersion"] = wanted;
        var (from, to) = wanted.EndsWith("v2", StringComparison.Ordinal) ? ("size", "count") : ("count", "size");
        var spec = converted["spec"]!.AsObject();
        spec[to] = spec[from]!.DeepClone();
        spec.Remove(from);
        return converted;
    }
}
