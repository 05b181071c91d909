namespace KubeSharp.Linux.Nftables;

/// <summary>nft or the kernel refused a rule set; nothing of it was applied. The message is nft's own text.</summary>
public sealed class NftException(string ruleset, string message) : IOException(message)
{
    /// <summary>What was to be run.</summary>
    public string Ruleset => ruleset;
}
