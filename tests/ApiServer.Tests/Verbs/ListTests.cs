using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class ListTests
{
    [Fact]
    public async Task Pages_show_one_moment_whatever_is_written_meanwhile()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 25; i++)
            await server.CreateAsync(ConfigMap($"c{i:d2}"));

        var options = new ListOptions { Namespace = "demo", Limit = 10 };
        var page = await server.Verbs.ListAsync(server.ConfigMaps, options, Ct);
        var (version, names) = (page.ResourceVersion, page.Items.Select(o => o.Key.Name).ToList());
        Assert.Equal(15, page.Remaining);

        await server.CreateAsync(ConfigMap("c10-new"));
        await server.DeleteAsync<ConfigMap>("c20");
        while (page.Continue.Length > 0)
        {
            page = await server.Verbs.ListAsync(server.ConfigMaps, options with { Continue = page.Continue }, Ct);
            Assert.Equal(version, page.ResourceVersion);
            names.AddRange(page.Items.Select(o => o.Key.Name));
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"c{i:d2}"), names);
    }

    [Fact]
    public async Task Pages_of_a_selection_are_full_and_do_not_count_the_rest()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 30; i++)
            await server.CreateAsync(ConfigMap("") with { Metadata = new() { Name = $"c{i:d2}", Namespace = "demo", Labels = new Dictionary<string, string> { ["mod"] = $"{i % 3}" } } });

        var options = new ListOptions { Namespace = "demo", Limit = 4, LabelSelector = "mod=1" };
        var first = await server.Verbs.ListAsync(server.ConfigMaps, options, Ct);
        var second = await server.Verbs.ListAsync(server.ConfigMaps, options with { Continue = first.Continue }, Ct);
        var third = await server.Verbs.ListAsync(server.ConfigMaps, options with { Continue = second.Continue }, Ct);
        Assert.Equal((4, 4, 2), (first.Items.Count, second.Items.Count, third.Items.Count));
        Assert.Null(first.Remaining);
        Assert.Empty(third.Continue);
    }

    [Fact]
    public async Task An_expired_token_says_how_to_go_on()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 5; i++)
            await server.CreateAsync(ConfigMap($"c{i}"));
        var options = new ListOptions { Namespace = "demo", Limit = 2 };
        var first = await server.Verbs.ListAsync(server.ConfigMaps, options, Ct);
        await server.CreateAsync(ConfigMap("late"));
        await server.Store.CompactAsync(server.Store.Revision, Ct);

        var e = await FailsAsync(async () => await server.Verbs.ListAsync(server.ConfigMaps, options with { Continue = first.Continue }, Ct));
        Assert.Equal((410, "Expired"), (e.Code, e.Reason));
        Assert.StartsWith("The provided continue parameter is too old to display a consistent list result.", e.Message, StringComparison.Ordinal);

        var rest = await server.Verbs.ListAsync(server.ConfigMaps, options with { Limit = 10, Continue = e.Status.Metadata.Continue }, Ct);
        Assert.Equal(["c2", "c3", "c4", "late"], rest.Items.Select(o => o.Key.Name));
    }

    [Theory]
    [InlineData("abc", "", "", "", 400, "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("0", "Exact", "", "", 422, "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    [InlineData("", "Exact", "", "", 422, "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData("", "", "eyJ2IjoiYmFkIn0", "", 400, "invalid continue token: continue key is not valid: server does not recognize this encoded version \"bad\"")]
    [InlineData("", "", "", "data.a=b", 400, "\"data.a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("", "", "", "foo", 400, "invalid selector: 'foo'; can't understand 'foo'")]
    public async Task Bad_parameters_are_refused(string version, string match, string token, string fields, int code, string message)
    {
        await using var server = await StartAsync();
        var options = new ListOptions { Namespace = "demo", ResourceVersion = version, ResourceVersionMatch = match, Continue = token, FieldSelector = fields };
        var e = await FailsAsync(async () => await server.Verbs.ListAsync(server.ConfigMaps, options, Ct));
        Assert.Equal((code, message), (e.Code, e.Message));
    }

    [Fact]
    public async Task A_version_that_is_not_there_yet_is_waited_for_and_then_refused()
    {
        await using var server = await StartAsync();
        var current = server.Store.Revision;
        var waiting = server.Verbs.GetAsync(server.ConfigMaps, new("demo", "a"), (current + 1).ToString(), Ct).AsTask();
        await server.CreateAsync(ConfigMap("a"));
        Assert.Equal("a", (await waiting).Key.Name);

        var future = server.Verbs.ListAsync(server.ConfigMaps, new() { ResourceVersion = "99999999" }, Ct).AsTask();
        server.Clock.Advance(TimeSpan.FromSeconds(4));
        var e = await FailsAsync(() => future);
        Assert.Equal((504, $"Timeout: Too large resource version: 99999999, current: {server.Store.Revision}"), (e.Code, e.Message));
        Assert.Equal("ResourceVersionTooLarge", e.Status.Details!.Causes[0].Reason);
    }

    [Fact]
    public async Task A_namespace_is_listed_without_its_neighbours_and_the_same_instances_are_handed_on()
    {
        await using var server = await StartAsync();
        foreach (var ns in (string[])["demo-a", "demo.b", "demo0"])
            if (!ns.Contains('.', StringComparison.Ordinal))
                await server.CreateAsync(new Namespace { Metadata = new() { Name = ns } });
        await server.CreateAsync(ConfigMap("x"));
        await server.CreateAsync(ConfigMap("y") with { Metadata = new() { Name = "y", Namespace = "demo-a" } });
        await server.CreateAsync(ConfigMap("z") with { Metadata = new() { Name = "z", Namespace = "demo0" } });

        var list = await server.Verbs.ListAsync(server.ConfigMaps, new() { Namespace = "demo" }, Ct);
        Assert.Equal(["x"], list.Items.Select(o => o.Key.Name));
        Assert.Same(list.Items[0], await server.Verbs.GetAsync(server.ConfigMaps, new("demo", "x"), "", Ct));
        Assert.Same(server.Core.Objects.List<ConfigMap>(), server.Core.Objects.List<ConfigMap>());
    }

    [Fact]
    public async Task An_event_is_one_object_under_two_groups()
    {
        await using var server = await StartAsync();
        var posted = new KubeSharp.Objects.EventsV1.Event { Metadata = new() { Name = "e", Namespace = "demo" }, Note = "hello", Reason = "Because", ReportingController = "c", Regarding = new() { Kind = "Pod", Name = "p", Namespace = "demo" } };
        await server.Verbs.CreateAsync(server.Find("events.k8s.io", "v1", "events"), posted, Admin, Ct);

        var core = await server.GetAsync<Event>("e");
        Assert.Equal(("hello", "p", "v1"), (core.Message, core.InvolvedObject.Name, core.ApiVersion));
        var list = await server.Verbs.ListAsync(server.Find("events.k8s.io", "v1", "events"), new() { Namespace = "demo" }, Ct);
        var view = Assert.IsType<KubeSharp.Objects.EventsV1.Event>(Assert.Single(list.Items).Object);
        Assert.Equal(("hello", core.Metadata.ResourceVersion), (view.Note, view.Metadata.ResourceVersion));
    }
}
