namespace KubeSharp.Linux.Nftables;

/// <summary>Tells our own transactions from those of others. Not thread-safe.</summary>
/// <remarks>The kernel names the process of a transaction, but by a number that means nothing inside a PID namespace; generations always hold.</remarks>
public sealed class OwnTransactions
{
    private readonly List<NftGeneration> _own = [];

    public void Add(NftGeneration generation) => _own.Add(generation);

    /// <summary>Whether the change is certainly ours. Asked in the order of the transactions, and after ours were added.</summary>
    public bool Made(NftChange change)
    {
        if (change.IsGap)
            return false;

        _own.RemoveAll(o => o.After < change.Generation); // what the monitor never reported must not pile up
        return _own.RemoveAll(o => o.IsExactly(change.Generation)) > 0;
    }
}
