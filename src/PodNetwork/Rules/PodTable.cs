using KubeSharp.Linux.Nftables;

namespace KubeSharp.PodNetwork.Rules;

/// <summary>The rules by which pods reach the world: their addresses mean nothing outside the cluster.</summary>
internal sealed class PodTable(INftables nftables, string table, string clusterCidr)
{
    private readonly OwnTransactions _own = new();

    public bool Made(NftChange change) => _own.Made(change, nftables.CurrentGeneration);

    /// <summary>Puts the table there, in place of whatever had its name, in one transaction.</summary>
    /// <exception cref="NftException">The rules were refused.</exception>
    public void Load() => _own.Add(nftables.Run($$"""
        {{Removal}}
        table ip {{table}} {
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr {{clusterCidr}} ip daddr != { {{clusterCidr}}, 224.0.0.0/4 } masquerade fully-random
          }
        }
        """));

    public void Remove() => nftables.Run(Removal);

    private string Removal => $"add table ip {table}\ndelete table ip {table}\n";
}
