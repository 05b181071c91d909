using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class DeleteTests
{
    [Fact]
    public async Task A_finalizer_keeps_the_object_until_it_is_taken_away()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a") with { Metadata = new() { Name = "a", Namespace = "demo", Finalizers = ["x.io/y"] } });

        var answer = await server.DeleteAsync<ConfigMap>("a");
        Assert.False(answer.IsGone);
        var kept = (ConfigMap)answer.Object.Object;
        Assert.Equal(("2026-01-02T03:04:05", 0L), (kept.Metadata.DeletionTimestamp?.ToString("s"), kept.Metadata.DeletionGracePeriodSeconds));

        var again = await server.DeleteAsync<ConfigMap>("a");
        Assert.Equal(kept.Metadata.ResourceVersion, again.Object.Object.Metadata.ResourceVersion);

        var added = await FailsAsync(() => server.UpdateAsync(kept with { Metadata = kept.Metadata with { Finalizers = ["x.io/y", "x.io/z"] } }));
        Assert.Contains("no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x.io/z\"}", added.Message, StringComparison.Ordinal);

        await server.UpdateAsync(kept with { Metadata = kept.Metadata with { Finalizers = [] } });
        Assert.True((await FailsAsync(() => server.GetAsync<ConfigMap>("a"))).IsNotFound);
        Assert.Equal(made.Metadata.Uid, kept.Metadata.Uid);
    }

    [Theory]
    [InlineData("Foreground", "foregroundDeletion")]
    [InlineData("Orphan", "orphan")]
    public async Task The_propagation_becomes_a_finalizer_of_the_garbage_collector(string policy, string finalizer)
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));
        var answer = await server.DeleteAsync<ConfigMap>("a", new() { PropagationPolicy = policy });
        Assert.Equal((false, finalizer), (answer.IsGone, Assert.Single(answer.Object.Object.Metadata.Finalizers)));
    }

    [Fact]
    public async Task Preconditions_are_compared_with_the_record()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a"));

        var uid = await FailsAsync(() => server.DeleteAsync<ConfigMap>("a", new() { Preconditions = new() { Uid = "xyz" } }));
        Assert.Equal($"Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition (xyz) does not match the UID in record ({made.Metadata.Uid}). The object might have been deleted and then recreated", uid.Message);
        var version = await FailsAsync(() => server.DeleteAsync<ConfigMap>("a", new() { Preconditions = new() { ResourceVersion = "1" } }));
        Assert.Equal(409, version.Code);
        Assert.True((await server.DeleteAsync<ConfigMap>("a", new() { Preconditions = new() { Uid = made.Metadata.Uid, ResourceVersion = made.Metadata.ResourceVersion } })).IsGone);
    }

    [Fact]
    public async Task Contradicting_options_are_refused_as_upstream_words_it()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));
        var both = await FailsAsync(() => server.DeleteAsync<ConfigMap>("a", new() { PropagationPolicy = "Orphan", OrphanDependents = true }));
        Assert.Equal("DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"Orphan\": orphanDependents and deletionPropagation cannot be both set", both.Message);
        var unknown = await FailsAsync(() => server.DeleteAsync<ConfigMap>("a", new() { PropagationPolicy = "Foo" }));
        Assert.Equal("DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Foo\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"", unknown.Message);
    }

    [Fact]
    public async Task A_namespace_goes_when_its_content_is_finalized()
    {
        await using var server = await StartAsync();
        var answer = await server.DeleteAsync<Namespace>("demo");
        var ns = (Namespace)answer.Object.Object;
        Assert.Equal((false, "Terminating"), (answer.IsGone, ns.Status.Phase));
        Assert.Equal(["kubernetes"], ns.Spec.Finalizers);

        var late = await FailsAsync(() => server.CreateAsync(ConfigMap("late")));
        Assert.Equal((403, true, "configmaps \"late\" is forbidden: unable to create new content in namespace demo because it is being terminated"), (late.Code, late.IsNamespaceTerminating, late.Message));
        Assert.Equal("namespace demo is being terminated", late.Status.Details!.Causes[0].Message);

        // A plain update cannot do what only finalize may.
        await server.UpdateAsync(ns with { Spec = new() });
        Assert.Equal(["kubernetes"], (await server.GetAsync<Namespace>("demo")).Spec.Finalizers);

        await server.UpdateAsync(ns with { Spec = new(), Metadata = ns.Metadata with { ResourceVersion = "" } }, "finalize");
        Assert.True((await FailsAsync(() => server.GetAsync<Namespace>("demo"))).IsNotFound);
    }

    [Fact]
    public async Task The_namespaces_of_the_system_stay()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(new Namespace { Metadata = new() { Name = "kube-public" } });
        var e = await FailsAsync(() => server.DeleteAsync<Namespace>("kube-public"));
        Assert.Equal((403, "namespaces \"kube-public\" is forbidden: this namespace may not be deleted"), (e.Code, e.Message));
    }

    [Fact]
    public async Task A_collection_is_deleted_by_its_selection()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 40; i++)
            await server.CreateAsync(ConfigMap($"c{i:d2}") with { Metadata = new() { Name = $"c{i:d2}", Namespace = "demo", Labels = new Dictionary<string, string> { ["odd"] = $"{i % 2}" } } });

        await server.Verbs.DeleteCollectionAsync(server.ConfigMaps, new() { Namespace = "demo", LabelSelector = "odd=1" }, new(), Admin, Ct);
        var left = await server.Verbs.ListAsync(server.ConfigMaps, new() { Namespace = "demo" }, Ct);
        Assert.Equal(20, left.Items.Count);
        Assert.All(left.Items, o => Assert.Equal("0", o.Labels["odd"]));
    }
}
