using KubeSharp.Linux.Nftables;

namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>Our table in the kernel, and what we know of it. Not thread-safe: one loop owns it.</summary>
internal sealed class RuleTable(INftables nftables, TableText text)
{
    /// <summary>More elements in one transaction than the monitor's socket has room for.</summary>
    private const int Flood = 10_000;

    private readonly HashSet<ForwardingChain> _chains = [];
    private readonly OwnTransactions _own = new();

    /// <summary>Whether the kernel has what was last written, as far as anyone told us.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Forgets that the table is there: the next write must be <see cref="Load"/>.</summary>
    public void Invalidate() => IsLoaded = false;

    /// <summary>Whether that transaction was this object's. Asked in the order of the transactions.</summary>
    public bool Made(NftChange change) => _own.Made(change, nftables.CurrentGeneration);

    /// <summary>Replaces the table by one with exactly these elements, in one transaction: there is no moment without rules.</summary>
    /// <exception cref="NftException">Refused; the kernel's table is as before.</exception>
    public void Load(IReadOnlyCollection<RuleElement> elements)
    {
        _chains.Clear();
        _chains.UnionWith(ChainsOf(elements.Select(e => e.Value)));
        Run(text.Full(_chains, elements), elements.Count);
        IsLoaded = true;
    }

    /// <summary>Applies the changes in one transaction.</summary>
    /// <exception cref="NftException">Refused, and the table is no longer what we thought: load it anew.</exception>
    public void Apply(IReadOnlyList<ElementChange> changes)
    {
        var added = ChainsOf(changes.Select(c => c.New)).Where(c => !_chains.Contains(c)).ToList();
        try
        {
            Run(text.Change(added, changes), changes.Count);
            _chains.UnionWith(added);
        }
        catch (NftException)
        {
            Invalidate();
            throw;
        }
    }

    public void Remove()
    {
        Invalidate();
        nftables.Run(text.Removal);
    }

    private void Run(string ruleset, int elements) => _own.Add(elements < Flood ? nftables.Run(ruleset) : nftables.RunUnheard(ruleset));

    private static IEnumerable<ForwardingChain> ChainsOf(IEnumerable<string?> values) =>
        values.OfType<string>().Where(v => v.StartsWith("goto ", StringComparison.Ordinal)).Distinct()
            .Select(v => ForwardingChain.Parse(v["goto ".Length..]));
}
