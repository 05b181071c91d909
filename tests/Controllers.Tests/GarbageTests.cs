using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Controllers.Tests;

/// <summary>What loses its owners goes, and nothing else does.</summary>
public sealed class GarbageTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync(Names.Garbage);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Background_the_owner_goes_at_once_and_all_below_it_follow()
    {
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner"));
        var child = await _cluster.CreateAsync(Make.ConfigMap("child", By(owner)));
        await _cluster.CreateAsync(Make.ConfigMap("grandchild", By(child)));
        await _cluster.CreateAsync(Make.ConfigMap("bystander"));

        await _cluster.DeleteAsync<ConfigMap>("owner", Propagation.Background);
        Assert.Null(await _cluster.Admin.FindAsync<ConfigMap>(ObjectKey.Of(owner), TestCluster.Ct));

        await _cluster.UntilGoneAsync<ConfigMap>("grandchild");
        Assert.Null(_cluster.Find<ConfigMap>("child"));
        Assert.NotNull(_cluster.Find<ConfigMap>("bystander"));
    }

    [Fact]
    public async Task Foreground_the_owner_waits_for_those_that_block_and_for_no_others()
    {
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner"));
        var held = Make.ConfigMap("held", By(owner));
        await _cluster.CreateAsync(held with { Metadata = held.Metadata with { Finalizers = ["example.com/hold"] } });
        await _cluster.CreateAsync(Make.ConfigMap("quick", By(owner)));
        var loose = Make.ConfigMap("loose", By(owner) with { BlockOwnerDeletion = false });
        await _cluster.CreateAsync(loose with { Metadata = loose.Metadata with { Finalizers = ["example.com/hold"] } });
        await _cluster.SettleAsync();

        await _cluster.DeleteAsync<ConfigMap>("owner", Propagation.Foreground);
        await _cluster.UntilGoneAsync<ConfigMap>("quick");
        await _cluster.UntilAsync<ConfigMap>("held", c => c.Metadata.DeletionTimestamp is not null);
        await _cluster.SettleAsync();
        Assert.Equal(["foregroundDeletion"], _cluster.Get<ConfigMap>("owner").Metadata.Finalizers);

        await _cluster.PatchAsync<ConfigMap>("held", """{"metadata":{"finalizers":null}}""");
        await _cluster.UntilGoneAsync<ConfigMap>("owner");
        Assert.Null(_cluster.Find<ConfigMap>("held"));
        await _cluster.UntilAsync<ConfigMap>("loose", c => c.Metadata.DeletionTimestamp is not null);
    }

    [Fact]
    public async Task Orphan_those_below_are_set_free_before_the_owner_goes()
    {
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner"));
        var second = await _cluster.CreateAsync(Make.ConfigMap("second"));
        await _cluster.CreateAsync(Make.ConfigMap("child", By(owner)));
        await _cluster.CreateAsync(Make.ConfigMap("shared", By(owner), By(second) with { Controller = null }));
        await _cluster.SettleAsync();

        await _cluster.DeleteAsync<ConfigMap>("owner", Propagation.Orphan);
        await _cluster.UntilGoneAsync<ConfigMap>("owner");
        await _cluster.SettleAsync();

        Assert.Empty(_cluster.Get<ConfigMap>("child").Metadata.OwnerReferences);
        Assert.Equal("second", Assert.Single(_cluster.Get<ConfigMap>("shared").Metadata.OwnerReferences).Name);
    }

    [Fact]
    public async Task Who_has_an_owner_left_stays_and_drops_the_one_that_is_gone()
    {
        var one = await _cluster.CreateAsync(Make.ConfigMap("one"));
        var two = await _cluster.CreateAsync(Make.ConfigMap("two"));
        await _cluster.CreateAsync(Make.ConfigMap("shared", By(one), By(two) with { Controller = null }));
        await _cluster.DeleteAsync<ConfigMap>("one", Propagation.Background);

        await _cluster.UntilAsync<ConfigMap>("shared", c => c.Metadata.OwnerReferences.Count == 1);
        Assert.Equal("two", _cluster.Get<ConfigMap>("shared").Metadata.OwnerReferences[0].Name);
    }

    [Fact]
    public async Task An_owner_that_never_was_or_is_another_of_the_same_name_is_none()
    {
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner"));
        await _cluster.CreateAsync(Make.ConfigMap("of-none", By(owner) with { Name = "none", Uid = "11111111-1111-1111-1111-111111111111" }));
        await _cluster.CreateAsync(Make.ConfigMap("of-another", By(owner) with { Uid = "22222222-2222-2222-2222-222222222222" }));
        await _cluster.CreateAsync(Make.ConfigMap("of-the-unknown", new OwnerReference { ApiVersion = "example.com/v1", Kind = "Thing", Name = "t", Uid = "33333333-3333-3333-3333-333333333333" }));

        await _cluster.UntilGoneAsync<ConfigMap>("of-none");
        await _cluster.UntilGoneAsync<ConfigMap>("of-another");
        await _cluster.SettleAsync();
        Assert.NotNull(_cluster.Find<ConfigMap>("of-the-unknown"));
    }

    [Fact]
    public async Task An_owner_in_another_namespace_is_none_and_an_event_says_so()
    {
        await _cluster.AddNamespaceAsync("other");
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner") with { Metadata = new() { Name = "owner", Namespace = "other" } });
        await _cluster.SettleAsync(); // the graph knows the owner

        await _cluster.CreateAsync(Make.ConfigMap("child", By(owner)));

        await _cluster.UntilGoneAsync<ConfigMap>("child");
        await _cluster.UntilAsync(() => _cluster.EventsOf("ConfigMap", "child").Count == 1);
        var told = _cluster.EventsOf("ConfigMap", "child")[0];
        Assert.Equal(("Warning", "OwnerRefInvalidNamespace"), (told.Type, told.Reason));
        Assert.Equal($"ownerRef [v1/ConfigMap, name: owner, uid: {owner.Metadata.Uid}] does not exist in namespace \"demo\"", told.Message);
        Assert.NotNull(_cluster.Find<ConfigMap>("owner", "other"));
    }

    [Fact]
    public async Task An_object_of_the_whole_cluster_is_never_deleted_for_an_owner_in_a_namespace()
    {
        var owner = await _cluster.CreateAsync(Make.ConfigMap("owner"));
        await _cluster.CreateAsync(new ClusterRole { Metadata = new() { Name = "wide", OwnerReferences = [By(owner)] } });
        await _cluster.DeleteAsync<ConfigMap>("owner", Propagation.Background);
        await _cluster.SettleAsync();

        Assert.NotNull(_cluster.Find<ClusterRole>("wide"));
    }

    [Fact]
    public async Task Owners_in_a_circle_go_together()
    {
        var a = await _cluster.CreateAsync(Make.ConfigMap("a"));
        var b = await _cluster.CreateAsync(Make.ConfigMap("b", By(a)));
        await _cluster.Admin.UpdateAsync(a with { Metadata = a.Metadata with { OwnerReferences = [By(b)] } }, TestCluster.Ct);
        await _cluster.SettleAsync();

        await _cluster.DeleteAsync<ConfigMap>("a", Propagation.Foreground);

        await _cluster.UntilGoneAsync<ConfigMap>("a");
        await _cluster.UntilGoneAsync<ConfigMap>("b");
    }

    private static OwnerReference By(ConfigMap owner) => owner.ControllerReference();
}
