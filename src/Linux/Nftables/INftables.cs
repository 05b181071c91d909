namespace KubeSharp.Linux.Nftables;

/// <summary>The kernel's packet rules. Thread-safe; one transaction at a time.</summary>
public interface INftables
{
    /// <summary>Applies a rule set in nft's language as one transaction: all of it or nothing.</summary>
    /// <returns>The generation of the kernel's rules that it made.</returns>
    /// <exception cref="NftException">It was refused.</exception>
    NftGeneration Run(string ruleset);

    /// <summary>
    /// The same for so large a rule set that watchers would lose part of it: the kernel writes a message for every element if anyone listens, which takes
    /// longer than the elements themselves. Watchers of this object hear of a gap instead, in which strangers may have been, too.
    /// </summary>
    /// <exception cref="NftException">It was refused.</exception>
    NftGeneration RunUnheard(string ruleset);

    /// <summary>The generation the kernel's rules are at now.</summary>
    uint CurrentGeneration();

    /// <summary>Runs a <c>list …</c> command and returns nft's JSON.</summary>
    /// <exception cref="NftException">There is nothing of that name.</exception>
    string List(string command);

    /// <summary>The transactions of everyone, ourselves included, from the call on, in order, until cancelled.</summary>
    IAsyncEnumerable<NftChange> WatchAsync(CancellationToken ct);
}

/// <summary>The kernel counts transactions in a network namespace.</summary>
/// <param name="Before">The last generation known not to be ours.</param>
/// <param name="After">The generation after ours; more than one later than <paramref name="Before"/> if strangers came between.</param>
public readonly record struct NftGeneration(uint Before, uint After)
{
    /// <summary>Whether the transaction of that generation is certainly the one this answers for.</summary>
    public bool IsExactly(uint generation) => After == Before + 1 && generation == After;
}

/// <summary>One committed transaction.</summary>
/// <param name="Tables">The tables it touched; empty with <paramref name="IsGap"/>.</param>
/// <param name="IsGap">Messages were lost: anything may have changed.</param>
public sealed record NftChange(uint Generation, IReadOnlySet<string> Tables, string Program, bool IsGap = false);
