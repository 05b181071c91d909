using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class PatchTests
{
    private const string Merge = "application/merge-patch+json";

    [Fact]
    public async Task A_merge_patch_sets_and_takes_away()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a", ("k", "1"), ("gone", "x")));
        var patched = await server.PatchAsync<ConfigMap>("a", Merge, """{"data":{"k":"2","gone":null,"new":"y"}}""");
        Assert.Equal([new("k", "2"), new("new", "y")], patched.Data.OrderBy(d => d.Key));

        var same = await server.PatchAsync<ConfigMap>("a", Merge, """{"data":{"k":"2"}}""");
        Assert.Equal(patched.Metadata.ResourceVersion, same.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_patch_with_an_old_version_conflicts_and_one_without_is_applied_to_what_is_there()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a", ("n", "0")));
        var stale = await FailsAsync(() => server.PatchAsync<ConfigMap>("a", Merge, """{"metadata":{"resourceVersion":"1"},"data":{"q":"1"}}"""));
        Assert.True(stale.IsConflict);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => server.PatchAsync<ConfigMap>("a", Merge, $$$"""{"data":{"p{{{i}}}":"x"}}"""), Ct)));
        var now = await server.GetAsync<ConfigMap>("a");
        Assert.Equal(["n", "p0", "p1", "p2", "p3"], now.Data.Keys.Order());
        Assert.Equal(made.Metadata.Uid, now.Metadata.Uid);
    }

    [Theory]
    [InlineData("Strict", "strict decoding error: unknown field \"dta\"")]
    [InlineData("Warn", null)]
    [InlineData("Ignore", null)]
    public async Task Unknown_fields_are_refused_told_or_dropped(string validation, string? error)
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));
        var warnings = new List<string>();
        var options = Admin with { FieldValidation = validation, Warn = warnings.Add };
        if (error is null)
        {
            await server.PatchAsync<ConfigMap>("a", Merge, """{"dta":{"k":"v"}}""", options);
            Assert.Equal(validation == "Warn" ? ["unknown field \"dta\""] : [], warnings);
            return;
        }

        var e = await FailsAsync(() => server.PatchAsync<ConfigMap>("a", Merge, """{"dta":{"k":"v"}}""", options));
        Assert.Equal((400, error), (e.Code, e.Message));
    }

    [Fact]
    public async Task A_patch_cannot_rename_or_retype_and_needs_an_object()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));
        Assert.Equal(400, (await FailsAsync(() => server.PatchAsync<ConfigMap>("a", Merge, """{"metadata":{"name":"b"}}"""))).Code);
        Assert.Equal(422, (await FailsAsync(() => server.PatchAsync<ConfigMap>("a", Merge, """{"kind":"Secret"}"""))).Code);
        Assert.Equal(422, (await FailsAsync(() => server.PatchAsync<ConfigMap>("a", Merge, """{"data":[]}"""))).Code);
        Assert.Equal(404, (await FailsAsync(() => server.PatchAsync<ConfigMap>("none", Merge, "{}"))).Code);
    }

    [Fact]
    public async Task JSON_and_strategic_patches_take_the_same_way()
    {
        await using var server = await StartAsync();
        var service = await server.CreateAsync(new Service { Metadata = new() { Name = "s", Namespace = "demo" }, Spec = new() { Type = "ClusterIP", SessionAffinity = "None", InternalTrafficPolicy = "Cluster", Ports = [new() { Name = "a", Port = 80, Protocol = "TCP", TargetPort = 80 }] } });
        var labelled = await server.PatchAsync<Service>("s", "application/json-patch+json", """[{"op":"add","path":"/metadata/labels","value":{"x":"y"}}]""");
        Assert.Equal("y", labelled.Metadata.Labels["x"]);

        var merged = await server.PatchAsync<Service>("s", "application/strategic-merge-patch+json", """{"spec":{"ports":[{"name":"b","port":81,"protocol":"TCP","targetPort":81}]}}""");
        Assert.Equal([80, 81], merged.Spec.Ports.Select(p => p.Port).Order());
        Assert.Equal(service.Spec.ClusterIP, merged.Spec.ClusterIP);

        var test = await FailsAsync(() => server.PatchAsync<Service>("s", "application/json-patch+json", """[{"op":"test","path":"/spec/type","value":"NodePort"}]"""));
        Assert.Equal((422, "the server rejected our request due to an error in our request"), (test.Code, test.Message));
    }
}
