using CsCheck;
using KubeSharp.Machinery;
using KubeSharp.ServiceProxy.Nftables;

namespace KubeSharp.ServiceProxy.Tests.Nftables;

public sealed class RuleLedgerTests
{
    private static readonly Gen<(ObjectKey Owner, RuleElement[] Elements)> Edits = Gen.Select(
        Gen.Int[0, 4].Select(i => new ObjectKey("ns", $"s{i}")),
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 6], Gen.Int[0, 2]).Select(e => new RuleElement($"set{e.Item1}", $"k{e.Item2}", $"v{e.Item3}")).Array[0, 6]);

    /// <summary>Whatever the history, and wherever changes are taken: applying what was taken gives what a fresh start would give.</summary>
    [Fact]
    public void Taken_changes_lead_to_what_the_services_want_now() =>
        Gen.Select(Edits, Gen.Bool).Array[1, 40].Sample(history =>
        {
            var ledger = new RuleLedger();
            var kernel = new Dictionary<ElementName, string>();
            var wanted = new SortedDictionary<string, RuleElement[]>(StringComparer.Ordinal);
            foreach (var ((owner, elements), isTaken) in history)
            {
                ledger.Set(owner, elements);
                wanted[owner.Name] = elements;
                if (isTaken)
                    Apply(kernel, ledger.TakeChanges());
            }

            Apply(kernel, ledger.TakeChanges());

            // The first Service by name has a contested element, and its first mention counts.
            var expected = new Dictionary<ElementName, string>();
            foreach (var element in wanted.Values.SelectMany(e => e))
                expected.TryAdd(element.Name, element.Value);
            Assert.Equal(expected.OrderBy(e => e.Key.ToString()), kernel.OrderBy(e => e.Key.ToString()));
            Assert.Equal(expected.OrderBy(e => e.Key.ToString()), ledger.Elements.ToDictionary(e => e.Name, e => e.Value).OrderBy(e => e.Key.ToString()));
        });

    [Fact]
    public void A_change_and_its_undoing_are_no_change()
    {
        var ledger = new RuleLedger();
        ledger.Set(new("ns", "a"), [new("s", "k", "1")]);
        ledger.TakeChanges();

        ledger.Set(new("ns", "a"), [new("s", "k", "2")]);
        ledger.Set(new("ns", "a"), [new("s", "k", "1")]);

        Assert.Empty(ledger.TakeChanges());
    }

    /// <summary>A kernel that refuses what nft would refuse: adding what is there, deleting what is not.</summary>
    private static void Apply(Dictionary<ElementName, string> kernel, IReadOnlyList<ElementChange> changes)
    {
        foreach (var change in changes.Where(c => c.Old is not null))
            Assert.True(kernel.Remove(change.Name, out var old) && old == change.Old);
        foreach (var change in changes.Where(c => c.New is not null))
            Assert.True(kernel.TryAdd(change.Name, change.New!));
        Assert.All(changes, c => Assert.NotEqual(c.Old, c.New));
    }
}
