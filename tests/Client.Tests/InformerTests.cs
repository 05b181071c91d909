using KubeSharp.Client.Caching;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Client.Tests;

public sealed class InformerTests
{
    private readonly Informer<Pod> _informer = new(NullLogger.Instance);
    private readonly List<string> _seen = [];

    [Fact]
    public void A_relist_tells_of_what_was_deleted_and_replaced_meanwhile()
    {
        _informer.Replace(new([Pod("a", "1"), Pod("b", "2"), Pod("c", "3", uid: "old")], "3"));
        _informer.Subscribe(See);
        _seen.Clear();

        _informer.Replace(new([Pod("b", "2"), Pod("c", "9", uid: "new"), Pod("d", "8")], "9"));

        Assert.Equal(["a@1->", "c@3->", "->c@9", "->d@8"], _seen);
    }

    [Fact]
    public void A_late_subscriber_is_told_of_everything_first()
    {
        _informer.Replace(new([Pod("a", "1")], "1"));
        _informer.Apply(new(WatchChangeType.Added, Pod("b", "2")));

        using (_informer.Subscribe(See))
            _informer.Apply(new(WatchChangeType.Modified, Pod("a", "3")));
        _informer.Apply(new(WatchChangeType.Deleted, Pod("a", "4")));

        Assert.Equal(["->a@1", "->b@2", "a@1->a@3"], _seen);
    }

    [Fact]
    public void A_deletion_gives_the_last_state_and_is_told_once()
    {
        _informer.Replace(new([Pod("a", "1")], "1"));
        _informer.Subscribe(See);
        _seen.Clear();

        _informer.Apply(new(WatchChangeType.Deleted, Pod("a", "2")));
        _informer.Apply(new(WatchChangeType.Deleted, Pod("a", "2")));

        Assert.Equal(["a@2->"], _seen);
        Assert.Null(_informer.Find(new("default", "a")));
    }

    [Fact]
    public void A_handler_that_throws_does_not_keep_the_others_from_hearing()
    {
        _informer.Subscribe((_, _) => throw new InvalidOperationException("bug"));
        _informer.Subscribe(See);

        _informer.Replace(new([Pod("a", "1")], "1"));

        Assert.Equal(["->a@1"], _seen);
        Assert.True(_informer.HasSynced);
    }

    [Fact]
    public void Indexes_follow_changes_and_may_be_added_late()
    {
        _informer.Replace(new([Pod("a", "1", node: "n1"), Pod("b", "2", node: "n1")], "2"));
        _informer.AddIndex("node", p => [p.Spec.NodeName]);
        _informer.AddIndex("node", _ => throw new InvalidOperationException("the first one counts"));

        _informer.Apply(new(WatchChangeType.Modified, Pod("a", "3", node: "n2")));
        _informer.Apply(new(WatchChangeType.Deleted, Pod("b", "4", node: "n1")));

        Assert.Empty(_informer.ByIndex("node", "n1"));
        Assert.Equal(["a"], _informer.ByIndex("node", "n2").Select(p => p.Metadata.Name));
        Assert.Equal(["a"], _informer.List("default").Select(p => p.Metadata.Name));
        Assert.Empty(_informer.List("other"));
    }

    [Fact]
    public void A_snapshot_does_not_change_and_costs_nothing_until_the_cache_does()
    {
        _informer.Replace(new([Pod("a", "1")], "1"));
        var before = _informer.List();

        Assert.Same(before, _informer.List());
        _informer.Apply(new(WatchChangeType.Added, Pod("b", "2")));

        Assert.Single(before);
        Assert.Equal(2, _informer.List().Count);
    }

    private void See(Pod? old, Pod? now) => _seen.Add($"{Short(old)}->{Short(now)}");

    private static string Short(Pod? pod) => pod is null ? "" : $"{pod.Metadata.Name}@{pod.Metadata.ResourceVersion}";

    private static Pod Pod(string name, string version, string uid = "u", string node = "") => new()
    {
        Metadata = new() { Namespace = "default", Name = name, ResourceVersion = version, Uid = uid },
        Spec = new() { NodeName = node },
    };
}
