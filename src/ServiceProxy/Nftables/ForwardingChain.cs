using System.Globalization;
using System.Text;

namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>Who must be masqueraded.</summary>
internal enum Masquerade
{
    /// <summary>Clients that are not pods: the backend may have no way back to them but through this node.</summary>
    Strangers,
    Always,
    Never,
}

/// <summary>
/// A chain that sends a connection to one of <paramref name="Count"/> backends. It serves every frontend with that many of them: which
/// backends those are, maps tell. So the number of chains does not grow with the number of Services.
/// </summary>
/// <param name="AffinitySeconds">0: every connection chooses anew.</param>
internal readonly record struct ForwardingChain(bool IsNodePort, Masquerade Masquerade, int Count, int AffinitySeconds)
{
    public string Name
    {
        get
        {
            var kind = Masquerade switch { Masquerade.Strangers => "cluster", Masquerade.Always => "external", _ => "local" };
            return $"{(IsNodePort ? "nodeport-" : "")}{kind}-{Count}{(AffinitySeconds > 0 ? $"-sticky-{AffinitySeconds}" : "")}";
        }
    }

    /// <summary>The chain whose <see cref="Name"/> that is.</summary>
    public static ForwardingChain Parse(string name)
    {
        var parts = name.Split('-');
        var at = parts[0] == "nodeport" ? 1 : 0;
        var masquerade = parts[at] switch { "cluster" => Masquerade.Strangers, "external" => Masquerade.Always, _ => Masquerade.Never };
        return new(at == 1, masquerade, Number(parts[at + 1]), parts.Length > at + 3 ? Number(parts[at + 3]) : 0);
    }

    /// <summary>The chain's rules. It is reached from nat chains only, that is once for each connection.</summary>
    public void WriteTo(StringBuilder text, string clusterCidr)
    {
        text.Append("  chain ").Append(Name).Append(" {\n");
        var key = IsNodePort ? "meta l4proto . th dport" : "ip daddr . meta l4proto . th dport";
        var prefix = IsNodePort ? "nodeport-" : "";
        var choose = $"    meta mark set numgen random mod {Count}{(Masquerade == Masquerade.Never ? $" offset {Sets.LocalSlots}" : "")}\n";

        // The end of the packet's way must know that its mark was only our scratch paper.
        text.Append($"    ct mark set ct mark | {TableText.ScratchBit}\n");
        if (Masquerade == Masquerade.Always)
            text.Append($"    ct mark set ct mark | {TableText.MasqueradeBit}\n");
        else if (Masquerade == Masquerade.Strangers && clusterCidr.Length > 0)
            text.Append($"    ip saddr != {clusterCidr} ct mark set ct mark | {TableText.MasqueradeBit}\n");

        if (AffinitySeconds > 0)
            WriteSticky(text, key, prefix, choose);
        text.Append(choose).Append($"    dnat to {key} . meta mark map @{prefix}{Sets.Endpoints}\n  }}\n");
    }

    private void WriteSticky(StringBuilder text, string key, string prefix, string chooseSlot)
    {
        var clients = prefix + Sets.Clients;
        var choose = chooseSlot + $"    meta mark set {key} . meta mark map @{prefix}{Sets.StickyIds}\n";
        // "update" keeps the value of an element that exists and renews its time: the old choice wins over the new.
        var remember = $"    update @{clients} {{ ip saddr . {key} timeout {AffinitySeconds}s : meta mark }}\n";
        var recall = $"    meta mark set ip saddr . {key} map @{clients}\n";
        var go = $"    dnat to {key} . meta mark map @{prefix}{Sets.StickyEndpoints}\n";
        text.Append(choose).Append(remember).Append(recall).Append(go);
        // Still here: the client's endpoint is gone. Forget it and choose another.
        text.Append($"    delete @{clients} {{ ip saddr . {key} : meta mark }}\n");
        text.Append(choose).Append(remember).Append(go);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
