using System.Text.Json;
using KubeSharp.Linux.Nftables;

namespace KubeSharp.PodNetwork.Rules;

/// <summary>
/// Docker and some firewalls make the FORWARD chain of iptables drop by default. A drop anywhere is final in nftables, so accepting
/// in a table of our own does not help: pods' traffic must be let through in that very chain.
/// </summary>
internal sealed class ForwardPolicy(INftables nftables, string table, string clusterCidr)
{
    /// <summary>The table in which iptables (the nft one) keeps FORWARD. One of legacy iptables is out of reach.</summary>
    public const string ForeignTable = "filter";

    private const string Chain = "FORWARD";

    private readonly string _mark = $"{table}: pods";
    /// <summary>Inserts two rules at the top of a dropping FORWARD chain, unless they are there.</summary>
    /// <returns>Whether something was inserted.</returns>
    public bool Open()
    {
        if (Find() is not { IsDropping: true, OurRules.Count: 0 })
            return false;

        nftables.Run($"""
            insert rule ip {ForeignTable} {Chain} ip saddr {clusterCidr} counter accept comment "{_mark}"
            insert rule ip {ForeignTable} {Chain} ip daddr {clusterCidr} counter accept comment "{_mark}"
            """);
        return true;
    }

    /// <summary>Takes our rules out again.</summary>
    public void Close()
    {
        if (Find() is { OurRules.Count: > 0 } found)
            nftables.Run(string.Concat(found.OurRules.Select(h => $"delete rule ip {ForeignTable} {Chain} handle {h}\n")));
    }

    /// <summary>What nft's JSON says of the chain. Pure.</summary>
    internal static (bool IsDropping, IReadOnlyList<long> OurRules) Read(string json, string mark)
    {
        var (isDropping, rules) = (false, new List<long>());
        using var document = JsonDocument.Parse(json);
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("chain", out var chain) && chain.TryGetProperty("policy", out var policy))
                isDropping = policy.ValueEquals("drop");
            if (item.TryGetProperty("rule", out var rule) && rule.TryGetProperty("comment", out var comment) && comment.ValueEquals(mark))
                rules.Add(rule.GetProperty("handle").GetInt64());
        }

        return (isDropping, rules);
    }

    private (bool IsDropping, IReadOnlyList<long> OurRules)? Find()
    {
        try
        {
            return Read(nftables.List($"list chain ip {ForeignTable} {Chain}"), _mark);
        }
        catch (NftException)
        {
            return null; // no such chain: nobody drops
        }
    }
}
