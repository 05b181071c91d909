using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>A custom resource from its definition to its removal, as clients see it.</summary>
public sealed class LifeTests : IAsyncLifetime
{
    private const string Widgets = "/apis/example.com/v1/namespaces/demo/widgets";

    private CustomServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await CustomServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    internal static string Definition(string schema = """{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer","default":3,"maximum":9}}},"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}""", string more = "", string versionMore = "") =>
        $$$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget","shortNames":["wg"]},"versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{{{schema}}}}{{{versionMore}}}}]{{{more}}}}}""";

    internal static string Widget(string name, string spec = "{}", string more = "") => $$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"{{name}}"{{more}}},"spec":{{spec}}}""";

    [Fact]
    public async Task A_widget_lives_its_life()
    {
        var definition = await _server.DefineAsync(Definition());
        Assert.Equal(["NamesAccepted", "Established"], definition["status"]!["conditions"]!.AsArray().Select(c => (string?)c!["type"]));

        using var watch = await _server.AskAsync("GET", Widgets + "?watch=1");
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));

        var made = await _server.GoodAsync("POST", Widgets, Widget("a", """{"unknown":1}"""));
        Assert.Equal("""{"size":3}""", made["spec"]!.ToJsonString());
        Assert.Equal(1, (int)made["metadata"]!["generation"]!);
        Assert.Equal("ADDED", await NextAsync(events));

        var changed = await _server.GoodAsync("PATCH", Widgets + "/a", """{"spec":{"size":4},"status":{"x":1}}""", "application/merge-patch+json");
        Assert.Equal((2, null), ((int)changed["metadata"]!["generation"]!, changed["status"]));
        changed = await _server.GoodAsync("PATCH", Widgets + "/a/status", """{"spec":{"size":5},"status":{"x":1}}""", "application/merge-patch+json");
        Assert.Equal((2, 4, 1), ((int)changed["metadata"]!["generation"]!, (int)changed["spec"]!["size"]!, (int)changed["status"]!["x"]!));
        Assert.Equal("MODIFIED", await NextAsync(events));
        Assert.Equal("MODIFIED", await NextAsync(events));

        var list = await _server.GoodAsync("GET", Widgets);
        Assert.Equal(("WidgetList", "Widget"), ((string?)list["kind"], (string?)list["items"]![0]!["kind"]));

        var (code, refused) = await _server.SendAsync("PATCH", Widgets + "/a", """{"spec":{"size":10}}""", "application/merge-patch+json");
        Assert.Equal((422, "Widget.example.com \"a\" is invalid: spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"), (code, (string?)refused["message"]));

        var gone = await _server.GoodAsync("DELETE", Widgets + "/a");
        Assert.Equal("Success", (string?)gone["status"]);
        Assert.Equal("DELETED", await NextAsync(events));
    }

    [Fact]
    public async Task A_definition_takes_its_objects_along_and_waits_for_their_finalizers()
    {
        await _server.DefineAsync(Definition());
        await _server.GoodAsync("POST", Widgets, Widget("free"));
        await _server.GoodAsync("POST", Widgets, Widget("held", more: ""","finalizers":["example.com/hold"]"""));
        using var watch = await _server.AskAsync("GET", Widgets + "?watch=1");
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));

        var going = await _server.GoodAsync("DELETE", CustomServer.Definitions + "/widgets.example.com");
        Assert.Equal("InstanceDeletionPending", (string?)going["status"]!["conditions"]!.AsArray()[^1]!["reason"]);
        await _server.UntilAsync(Widgets + "/free", (code, _) => code == 404);
        var (code, refused) = await _server.SendAsync("POST", Widgets, Widget("late"));
        Assert.Equal((405, "create not allowed while custom resource definition is terminating"), (code, (string?)refused["message"]));

        await _server.GoodAsync("PATCH", Widgets + "/held", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        await _server.UntilAsync(CustomServer.Definitions + "/widgets.example.com", (code, _) => code == 404);
        (code, _) = await _server.SendAsync("GET", Widgets);
        Assert.Equal(404, code);
        Assert.Contains("\"DELETED\"", await events.ReadToEndAsync(Ct));

        // Nothing is left of them for the next definition of that name.
        await _server.DefineAsync(Definition());
        Assert.Empty((await _server.GoodAsync("GET", Widgets))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_restarted_server_serves_what_was_served()
    {
        var store = _server.Core.Store;
        await _server.DefineAsync(Definition());
        await _server.GoodAsync("POST", Widgets, Widget("a"));
        await _server.DisposeAsync();

        _server = await CustomServer.StartAsync(store);
        Assert.Equal(3, (int)(await _server.GoodAsync("GET", Widgets + "/a"))["spec"]!["size"]!);
    }

    private static async Task<string?> NextAsync(StreamReader events) => (string?)JsonNode.Parse((await events.ReadLineAsync(Ct))!)!["type"];
}
