using System.Text;

namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>Our table in nft's language. Pure.</summary>
/// <remarks>
/// Elements, not chains: the chains below are all there are, plus one <see cref="ForwardingChain"/> per number of endpoints in use. Ten
/// thousand Services are maps of some ten thousand elements each, loaded in one transaction, and a change is a few elements.
/// </remarks>
internal sealed class TableText(string table, string clusterCidr, string serviceCidr)
{
    /// <summary>A bit of the connection's mark: its source is to be replaced by this node's address.</summary>
    public const string MasqueradeBit = "0x4000";

    /// <summary>The packet's mark was used while choosing an endpoint and is to be cleared.</summary>
    public const string ScratchBit = "0x8000";

    private const string Frontend = "ip daddr . meta l4proto . th dport";
    private const string NodePort = "meta l4proto . th dport";
    private const string FrontendType = "ipv4_addr . inet_proto . inet_service";
    private const string NodePortType = "inet_proto . inet_service";

    /// <summary>The most clients remembered for affinity; beyond it clients are served, but not remembered.</summary>
    private const int MaxClients = 262144;

    /// <summary>How many elements one command may hold; nft's parser keeps each command whole.</summary>
    private const int Batch = 5000;

    /// <summary>Removes the table if it is there. Adding it first makes deleting one that is not there no error.</summary>
    public string Removal => $"add table ip {table}\ndelete table ip {table}\n";

    /// <summary>The whole table in one transaction that replaces whatever had its name.</summary>
    /// <param name="chains">All forwarding chains that the elements mention.</param>
    public string Full(IEnumerable<ForwardingChain> chains, IEnumerable<RuleElement> elements)
    {
        var text = new StringBuilder(Removal);
        text.Append("table ip ").Append(table).Append(" {\n");
        WriteSets(text);
        foreach (var chain in chains)
            chain.WriteTo(text, clusterCidr);
        WriteChains(text);
        text.Append("}\n");
        WriteElements(text, "add", elements);
        return text.ToString();
    }

    /// <summary>A transaction of nothing but the changes.</summary>
    /// <param name="newChains">The forwarding chains that the new elements mention and the table does not have yet.</param>
    public string Change(IReadOnlyCollection<ForwardingChain> newChains, IReadOnlyList<ElementChange> changes)
    {
        var text = new StringBuilder();
        if (newChains.Count > 0)
        {
            text.Append("table ip ").Append(table).Append(" {\n");
            foreach (var chain in newChains)
                chain.WriteTo(text, clusterCidr);
            text.Append("}\n");
        }

        // A map's element cannot be overwritten: within one transaction the old goes and the new comes.
        WriteElements(text, "delete", changes.Where(c => c.Old is not null).Select(c => new RuleElement(c.Name, c.Old!)));
        WriteElements(text, "add", changes.Where(c => c.New is not null).Select(c => new RuleElement(c.Name, c.New!)));
        return text.ToString();
    }

    private void WriteElements(StringBuilder text, string verb, IEnumerable<RuleElement> elements)
    {
        foreach (var set in elements.GroupBy(e => e.Name.Set))
        {
            foreach (var batch in set.Chunk(Batch))
            {
                text.Append(verb).Append(" element ip ").Append(table).Append(' ').Append(set.Key).Append(" {\n");
                foreach (var element in batch)
                {
                    text.Append(element.Name.Key);
                    if (element.Value.Length > 0)
                        text.Append(" : ").Append(element.Value);
                    text.Append(",\n");
                }

                text.Append("}\n");
            }
        }
    }

    /// <remarks>
    /// Types are named, not derived ("typeof"): nft 1.0.6 refuses, or silently limits to TCP, a later rule on a map whose value is
    /// <c>typeof ip daddr . th dport</c>. And since a random number has no nameable type, it travels in the packet's mark.
    /// </remarks>
    private static void WriteSets(StringBuilder text) => text.Append($$"""
          map {{Sets.Services}} { type {{FrontendType}} : verdict; }
          map {{Sets.NodePorts}} { type {{NodePortType}} : verdict; }
          map {{Sets.OutsideServices}} { type {{FrontendType}} : verdict; }
          map {{Sets.OutsideNodePorts}} { type {{NodePortType}} : verdict; }
          map {{Sets.Endpoints}} { type {{FrontendType}} . mark : ipv4_addr . inet_service; }
          map {{Sets.NodePortEndpoints}} { type {{NodePortType}} . mark : ipv4_addr . inet_service; }
          map {{Sets.StickyIds}} { type {{FrontendType}} . mark : mark; }
          map {{Sets.NodePortStickyIds}} { type {{NodePortType}} . mark : mark; }
          map {{Sets.StickyEndpoints}} { type {{FrontendType}} . mark : ipv4_addr . inet_service; }
          map {{Sets.NodePortStickyEndpoints}} { type {{NodePortType}} . mark : ipv4_addr . inet_service; }
          map {{Sets.Clients}} { type ipv4_addr . {{FrontendType}} : mark; flags dynamic, timeout; size {{MaxClients}}; }
          map {{Sets.NodePortClients}} { type ipv4_addr . {{NodePortType}} : mark; flags dynamic, timeout; size {{MaxClients}}; }
          set {{Sets.NoEndpoints}} { type {{FrontendType}}; }
          set {{Sets.NoNodePortEndpoints}} { type {{NodePortType}}; }
          set {{Sets.ClusterIPs}} { type ipv4_addr; }
          set {{Sets.Hairpins}} { type ipv4_addr . ipv4_addr; }
          set {{Sets.Firewalled}} { type {{FrontendType}}; }
          set {{Sets.Allowed}} { type {{FrontendType}} . ipv4_addr; flags interval; }

        """);

    private void WriteChains(StringBuilder text)
    {
        // Pods and this node itself may use any endpoint even where outside traffic must stay local.
        var outside = $"{(clusterCidr.Length > 0 ? $"ip saddr != {clusterCidr} " : "")}fib saddr type != local";
        text.Append($$"""
              chain services {
                {{outside}} {{Frontend}} vmap @{{Sets.OutsideServices}}
                {{Frontend}} vmap @{{Sets.Services}}
                {{outside}} fib daddr type local {{NodePort}} vmap @{{Sets.OutsideNodePorts}}
                fib daddr type local {{NodePort}} vmap @{{Sets.NodePorts}}
              }
              chain refuse {
                meta l4proto tcp reject with tcp reset comment "an ICMP error that comes while connect() holds the socket costs the client a second"
                reject
              }
              chain unserved {
                {{Frontend}} @{{Sets.NoEndpoints}} goto refuse
                fib daddr type local {{NodePort}} @{{Sets.NoNodePortEndpoints}} goto refuse
                ip daddr @{{Sets.ClusterIPs}} goto refuse comment "a port that the Service does not have"
            {{(serviceCidr.Length > 0 ? $"    ip daddr {serviceCidr} goto refuse comment \"an address that no Service has\"" : "")}}
              }
              chain sources {
                {{Frontend}} . ip saddr @{{Sets.Allowed}} return
                {{Frontend}} @{{Sets.Firewalled}} drop
              }
              chain raw-prerouting {
                type filter hook prerouting priority raw; policy accept;
                iif != lo ip daddr 127.0.0.0/8 drop comment "route_localnet serves localhost node ports; strangers must not reach loopback by it"
              }
              chain filter-prerouting {
                type filter hook prerouting priority -110; policy accept;
                ct state new jump sources
              }
              chain nat-prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                jump services
              }
              chain nat-output {
                type nat hook output priority -100; policy accept;
                jump services
              }
              chain mark-prerouting {
                type filter hook prerouting priority -90; policy accept;
                ct state new ct mark & {{ScratchBit}} == {{ScratchBit}} meta mark set 0
              }
              chain filter-output {
                type filter hook output priority -90; policy accept;
                ct state new ct mark & {{ScratchBit}} == {{ScratchBit}} meta mark set 0
                ct state new jump unserved
              }
              chain filter-input {
                type filter hook input priority -90; policy accept;
                ct state new jump unserved
              }
              chain filter-forward {
                type filter hook forward priority -90; policy accept;
                ct state new jump unserved
              }
              chain nat-postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ct mark & {{MasqueradeBit}} == {{MasqueradeBit}} masquerade fully-random
                ct status dnat ip saddr . ip daddr @{{Sets.Hairpins}} masquerade fully-random
              }

            """);
    }
}
