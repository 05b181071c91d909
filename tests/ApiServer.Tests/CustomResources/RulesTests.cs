using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>What makes custom resources more than documents: rules in CEL, ratcheting, versions, selection, documents about them.</summary>
public sealed class RulesTests : IAsyncLifetime
{
    private const string Widgets = "/apis/example.com/v1/namespaces/demo/widgets";
    private const string Merge = "application/merge-patch+json";

    private CustomServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await CustomServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Rules_in_CEL_hold_with_messages_paths_and_transitions()
    {
        await _server.DefineAsync(LifeTests.Definition("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{"min":{"type":"integer"},"max":{"type":"integer"},"name":{"type":"string","maxLength":20,
             "x-kubernetes-validations":[{"rule":"self == oldSelf","message":"name is immutable"}]}},
             "x-kubernetes-validations":[{"rule":"!has(self.min) || !has(self.max) || self.min <= self.max","messageExpression":"'min %d is above max %d'.format([self.min, self.max])","fieldPath":".min","reason":"FieldValueForbidden"}]}}}
            """));
        await _server.GoodAsync("POST", Widgets, LifeTests.Widget("a", """{"min":1,"max":2,"name":"x"}"""));

        var causes = await RefusedAsync("PATCH", Widgets + "/a", """{"spec":{"min":3,"name":"y"}}""");
        Assert.Equal(
            ["spec.min|FieldValueForbidden|Forbidden: min 3 is above max 2", "spec.name|FieldValueInvalid|Invalid value: \"y\": name is immutable"],
            causes);
        var (code, refused) = await _server.SendAsync("POST", CustomServer.Definitions, LifeTests.Definition("""{"type":"object","x-kubernetes-validations":[{"rule":"self.nothing > 1"}]}""").Replace("widgets.", "others.", StringComparison.Ordinal).Replace("\"widgets\"", "\"others\"", StringComparison.Ordinal).Replace("\"Widget\"", "\"Other\"", StringComparison.Ordinal));
        Assert.True(code == 422, refused.ToJsonString());
        Assert.Contains("compilation failed: ERROR: <input>:1:5: undefined field 'nothing'", (string?)refused["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_invalid_before_a_schema_grew_stricter_may_stay_as_it_is()
    {
        await _server.DefineAsync(LifeTests.Definition());
        await _server.GoodAsync("POST", Widgets, LifeTests.Widget("a", """{"size":8}"""));
        await ChangeAsync("""{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer","maximum":5},"more":{"type":"string","default":"new"}}}}}""");
        await _server.UntilAsync(Widgets + "/a", (code, a) => code == 200 && (string?)a["spec"]!["more"] == "new");

        await _server.GoodAsync("PATCH", Widgets + "/a", """{"spec":{"more":"text"}}""", Merge);
        Assert.Equal(["spec.size|FieldValueInvalid|Invalid value: 7: spec.size in body should be less than or equal to 5"], await RefusedAsync("PATCH", Widgets + "/a", """{"spec":{"size":7}}"""));
    }

    [Fact]
    public async Task Unknown_and_repeated_fields_are_told_or_refused()
    {
        await _server.DefineAsync(LifeTests.Definition());
        using var warned = await _server.AskAsync("POST", Widgets, LifeTests.Widget("a", """{"sise":1,"size":1,"size":2}"""));
        Assert.Equal(["299 - \"unknown field \\\"spec.sise\\\"\"", "299 - \"duplicate field \\\"spec.size\\\"\""], warned.Headers.GetValues("Warning").Order(StringComparer.Ordinal).Reverse());
        var (code, refused) = await _server.SendAsync("POST", Widgets + "?fieldValidation=Strict", LifeTests.Widget("b", """{"sise":1}"""));
        Assert.Equal((400, "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field \"spec.sise\""), (code, (string?)refused["message"]));
    }

    [Fact]
    public async Task Objects_are_selected_by_the_fields_their_definition_names()
    {
        await _server.DefineAsync(LifeTests.Definition(versionMore: ""","selectableFields":[{"jsonPath":".spec.size"}]"""));
        foreach (var size in new[] { 1, 2, 2 })
            await _server.GoodAsync("POST", Widgets, $$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"generateName":"w-"},"spec":{"size": {{size}} } }""");
        Assert.Equal(2, (await _server.GoodAsync("GET", Widgets + "?fieldSelector=spec.size%3D2"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Of_a_kind_that_may_hold_anything_the_second_document_says_nothing_else()
    {
        await _server.DefineAsync(LifeTests.Definition("""{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"spec":{"type":"object"}}}"""));

        var second = (await _server.GoodAsync("GET", "/openapi/v2"))["definitions"]!["com.example.v1.Widget"]!.AsObject();
        Assert.Equal(["type", "x-kubernetes-group-version-kind"], second.Select(m => m.Key));
        var third = (await _server.GoodAsync("GET", "/openapi/v3/apis/example.com/v1"))["components"]!["schemas"]!["com.example.v1.Widget"]!;
        Assert.Equal((true, "object"), ((bool)third["x-kubernetes-preserve-unknown-fields"]!, (string?)third["properties"]!["spec"]!["type"]));
    }

    [Fact]
    public async Task Of_a_part_that_may_hold_anything_the_second_document_tells_neither_type_nor_properties()
    {
        await _server.DefineAsync(LifeTests.Definition(
            """
            {"type":"object","properties":{
              "spec":{"type":"object","description":"Anything.","x-kubernetes-preserve-unknown-fields":true,"properties":{"dummy":{"type":"object"}}},
              "list":{"type":"array","x-kubernetes-preserve-unknown-fields":true,"items":{"type":"object"}},
              "status":{"type":"object","required":["maybe","sure"],"properties":{"maybe":{"type":"string","nullable":true},"sure":{"type":"string"}}}}}
            """));

        var second = (await _server.GoodAsync("GET", "/openapi/v2"))["definitions"]!["com.example.v1.Widget"]!["properties"]!;
        Assert.Equal("""{"description":"Anything.","x-kubernetes-preserve-unknown-fields":true}""", second["spec"]!.ToJsonString());
        Assert.Equal("""{"x-kubernetes-preserve-unknown-fields":true}""", second["list"]!.ToJsonString());
        Assert.Equal("""["sure"]""", second["status"]!["required"]!.ToJsonString());
        Assert.Equal("object", (string?)second["status"]!["type"]);
    }

    [Fact]
    public async Task Documents_follow_the_definitions()
    {
        var before = await TagsAsync();
        await _server.DefineAsync(LifeTests.Definition("""{"type":"object","description":"A thing.","properties":{"spec":{"type":"object","description":"What is wanted.","properties":{"size":{"type":"integer","nullable":true}}}}}"""));
        var after = await TagsAsync();
        Assert.All(before.Zip(after), t => Assert.NotEqual(t.First, t.Second));

        var third = await _server.GoodAsync("GET", "/openapi/v3/apis/example.com/v1");
        var schema = third["components"]!["schemas"]!["com.example.v1.Widget"]!;
        Assert.Equal(("A thing.", "What is wanted."), ((string?)schema["description"], (string?)schema["properties"]!["spec"]!["description"]));
        Assert.Equal("Widget", (string?)schema["x-kubernetes-group-version-kind"]![0]!["kind"]);
        Assert.Equal("#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", (string?)schema["properties"]!["metadata"]!["$ref"]);
        var second = await _server.GoodAsync("GET", "/openapi/v2");
        Assert.Null(second["definitions"]!["com.example.v1.Widget"]!["properties"]!["spec"]!["properties"]!["size"]!["type"]);

        var aggregated = await _server.SendAsync("GET", "/apis", accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        var group = aggregated.Body["items"]!.AsArray().Single(g => (string?)g!["metadata"]!["name"] == "example.com")!;
        Assert.Equal("wg", (string?)group["versions"]![0]!["resources"]![0]!["shortNames"]![0]);

        async Task<List<string>> TagsAsync()
        {
            var tags = new List<string>();
            foreach (var path in new[] { "/apis", "/openapi/v2", "/openapi/v3" })
            {
                using var answer = await _server.AskAsync("GET", path);
                tags.Add(answer.Headers.ETag!.Tag);
            }

            return tags;
        }
    }

    [Fact]
    public async Task An_object_is_written_anew_in_the_version_that_is_now_stored()
    {
        await _server.DefineAsync(LifeTests.Definition());
        await _server.GoodAsync("POST", Widgets, LifeTests.Widget("a"));
        var definition = await _server.GoodAsync("GET", CustomServer.Definitions + "/widgets.example.com");
        var versions = definition["spec"]!["versions"]!.AsArray();
        var next = (JsonObject)versions[0]!.DeepClone();
        next["name"] = "v2";
        versions[0]!["storage"] = false;
        versions.Add((JsonNode)next);
        await _server.GoodAsync("PUT", CustomServer.Definitions + "/widgets.example.com", definition.ToJsonString());
        await _server.UntilAsync("/apis/example.com/v2/namespaces/demo/widgets/a", (code, _) => code == 200);
        Assert.Contains("example.com/v1", await StoredAsync(), StringComparison.Ordinal);

        await _server.GoodAsync("PATCH", Widgets + "/a", "{}", Merge);
        Assert.Contains("example.com/v2", await StoredAsync(), StringComparison.Ordinal);
        Assert.Equal("example.com/v1", (string?)(await _server.GoodAsync("GET", Widgets + "/a"))["apiVersion"]);

        async Task<string> StoredAsync() => System.Text.Encoding.UTF8.GetString((await _server.Core.Store.FindAsync("/registry/example.com/widgets/demo/a", Ct))!.Value.Span);
    }

    [Fact]
    public async Task A_definition_that_goes_under_load_answers_every_request_clearly()
    {
        await _server.DefineAsync(LifeTests.Definition());
        var codes = new System.Collections.Concurrent.ConcurrentDictionary<int, string>();
        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    var (code, answer) = await _server.SendAsync("POST", Widgets, LifeTests.Widget($"w{w}-{i}"));
                    codes.TryAdd(code, answer.ToJsonString());
                    (code, answer) = await _server.SendAsync("GET", Widgets);
                    codes.TryAdd(code, answer.ToJsonString());
                }
            },
            Ct)).ToList();
        await _server.GoodAsync("DELETE", CustomServer.Definitions + "/widgets.example.com");
        await Task.WhenAll(writers);
        await _server.UntilAsync(CustomServer.Definitions + "/widgets.example.com", (code, _) => code == 404);
        Assert.All(codes, c => Assert.True(c.Key is 200 or 201 or 404 or 405, $"{c.Key}: {c.Value}"));
        Assert.Empty((await _server.Core.Store.RangeAsync(new("/registry/example.com/"), Ct)).Entries);
    }

    private async Task<IEnumerable<string>> RefusedAsync(string method, string path, string body)
    {
        var (code, answer) = await _server.SendAsync(method, path, body, Merge);
        Assert.True(code == 422, answer.ToJsonString());
        return answer["details"]!["causes"]!.AsArray().Select(c => $"{c!["field"]}|{c["reason"]}|{c["message"]}").Order(StringComparer.Ordinal);
    }

    private async Task ChangeAsync(string schema)
    {
        var definition = await _server.GoodAsync("GET", CustomServer.Definitions + "/widgets.example.com");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"] = JsonNode.Parse(schema);
        await _server.GoodAsync("PUT", CustomServer.Definitions + "/widgets.example.com", definition.ToJsonString());
    }
}
