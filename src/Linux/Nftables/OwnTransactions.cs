namespace KubeSharp.Linux.Nftables;

/// <summary>Tells our own transactions from those of others. Not thread-safe.</summary>
/// <remarks>The kernel names the process of a transaction, but by a number that means nothing inside a PID namespace; generations always hold.</remarks>
public sealed class OwnTransactions
{
    private readonly List<NftGeneration> _own = [];

    /// <summary>The last generation that is accounted for.</summary>
    private uint? _heard;

    public void Add(NftGeneration generation)
    {
        _heard ??= generation.Before; // what was before our first does not matter
        _own.Add(generation);
    }

    /// <summary>Whether the change is certainly ours. Asked in the order of the transactions, and after ours were added.</summary>
    /// <param name="current">
    /// Asks the kernel for its generation. Loading thousands of elements floods the monitor and ends in a gap: it is harmless if every
    /// transaction since the last one heard was ours. Taking each gap for damage would load the table anew, and so for ever.
    /// </param>
    public bool Made(NftChange change, Func<uint> current)
    {
        var last = change.IsGap ? current() : change.Generation;
        var first = change.IsGap ? (_heard ?? last) + 1 : change.Generation;
        var isOurs = true;
        for (var generation = first; generation <= last && isOurs; generation++)
            isOurs = _own.Exists(o => o.IsExactly(generation));

        _own.RemoveAll(o => o.After <= last);
        _heard = Math.Max(last, _heard ?? 0);
        return isOurs;
    }
}
