using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Tests.CustomResources;

namespace KubeSharp.ApiServer.Tests.Apply;

/// <summary>Server-side apply of custom resources where the recordings have nothing: keys with defaults, lists in lists, and embedded objects.</summary>
public sealed class CustomApplyTests : IAsyncLifetime
{
    private const string Things = "/apis/example.com/v1/namespaces/demo/things";

    private CustomServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await CustomServer.StartAsync();
        await _server.DefineAsync("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{
              "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","required":["port"],"properties":{
               "port":{"type":"integer"},"protocol":{"type":"string","default":"TCP"},"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"}}}},
              "limits":{"type":"object","x-kubernetes-map-type":"atomic","properties":{"cpu":{"type":"integer"},"memory":{"type":"integer"}}},
              "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}}}]}}
            """);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_item_that_leaves_out_a_key_with_a_default_is_the_item_with_the_default()
    {
        await AppliedAsync("a", """{"ports":[{"port":80,"name":"web"},{"port":80,"protocol":"UDP"}]}""");
        var spec = await AppliedAsync("b", """{"ports":[{"port":80,"protocol":"TCP","tags":["x"]},{"port":443}]}""");
        Assert.Equal("""[{"name":"web","port":80,"protocol":"TCP","tags":["x"]},{"port":80,"protocol":"UDP"},{"port":443,"protocol":"TCP"}]""", spec["ports"]!.ToJsonString());

        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"a\": .spec.ports[port=80,protocol=\"TCP\"].name",
            await RefusedAsync(409, "b", """{"ports":[{"port":80,"name":"other"}]}"""));

        // What a no longer applies goes; what b has in the same item stays.
        spec = await AppliedAsync("a", """{"ports":[{"port":80}]}""");
        Assert.Equal("""[{"port":80,"protocol":"TCP","tags":["x"]},{"port":443,"protocol":"TCP"}]""", spec["ports"]!.ToJsonString());
    }

    [Fact]
    public async Task A_key_given_twice_once_by_its_default_is_refused() => Assert.Equal(
        "failed to create typed patch object (/t; example.com/v1, Kind=Thing): .spec.ports: duplicate entries for key [port=80,protocol=\"TCP\"]",
        await RefusedAsync(500, "a", """{"ports":[{"port":80},{"port":80,"protocol":"TCP"}]}"""));

    [Fact]
    public async Task Sets_are_shared_and_atomic_structs_are_not()
    {
        await AppliedAsync("a", """{"ports":[{"port":1,"tags":["x","y"]}],"limits":{"cpu":1}}""");
        var spec = await AppliedAsync("b", """{"ports":[{"port":1,"tags":["y","z"]}]}""");
        Assert.Equal("""["x","y","z"]""", spec["ports"]![0]!["tags"]!.ToJsonString());

        const string Other = """{"limits":{"memory":2}}""";
        Assert.Equal("Apply failed with 1 conflict: conflict with \"a\": .spec.limits", await RefusedAsync(409, "b", Other));
        var (code, taken) = await ApplyAsync("b", Other, "&force=true");
        Assert.Equal((200, """{"memory":2}"""), (code, taken["spec"]!["limits"]!.ToJsonString()));
    }

    [Fact]
    public async Task What_no_schema_describes_is_merged_field_by_field()
    {
        await AppliedAsync("a", """{"free":{"x":{"y":1},"l":[1]}}""");
        var spec = await AppliedAsync("b", """{"free":{"x":{"z":2}}}""");
        Assert.Equal("""{"l":[1],"x":{"y":1,"z":2}}""", spec["free"]!.ToJsonString());
        Assert.Equal("Apply failed with 1 conflict: conflict with \"a\": .spec.free.l", await RefusedAsync(409, "b", """{"free":{"l":[2]}}"""));
    }

    private async Task<JsonNode> AppliedAsync(string manager, string spec)
    {
        var (code, answer) = await ApplyAsync(manager, spec);
        Assert.True(code is 200 or 201, answer.ToJsonString());
        return answer["spec"]!;
    }

    private async Task<string> RefusedAsync(int code, string manager, string spec)
    {
        var (answered, answer) = await ApplyAsync(manager, spec);
        Assert.True(code == answered, answer.ToJsonString());
        return (string)answer["message"]!;
    }

    private Task<(int Code, JsonNode Body)> ApplyAsync(string manager, string spec, string more = "") => _server.SendAsync(
        "PATCH", $"{Things}/t?fieldManager={manager}{more}", $$"""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{{spec}}}""", "application/apply-patch+yaml");
}
