namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>The sets and maps of the table, whose elements are all that changes from Service to Service.</summary>
internal static class Sets
{
    /// <summary>address . protocol . port : verdict.</summary>
    public const string Services = "service-ips";

    /// <summary>protocol . port : verdict.</summary>
    public const string NodePorts = "service-nodeports";

    /// <summary>The same for clients from outside where <c>externalTrafficPolicy</c> is Local; asked first.</summary>
    public const string OutsideServices = "outside-ips";

    public const string OutsideNodePorts = "outside-nodeports";

    /// <summary>frontend . slot : address . port. Slots count from 0, for clients from outside from <see cref="LocalSlots"/>.</summary>
    public const string Endpoints = "endpoints";

    public const string NodePortEndpoints = "nodeport-endpoints";

    /// <summary>frontend . slot : id, where clients stay with their endpoint: an id outlives the slots' renumbering.</summary>
    public const string StickyIds = "sticky-ids";

    public const string NodePortStickyIds = "nodeport-sticky-ids";

    /// <summary>frontend . id : address . port.</summary>
    public const string StickyEndpoints = "sticky-endpoints";

    public const string NodePortStickyEndpoints = "nodeport-sticky-endpoints";

    /// <summary>client . frontend : id, written by the kernel.</summary>
    public const string Clients = "sticky-clients";

    public const string NodePortClients = "nodeport-sticky-clients";

    public const string NoEndpoints = "no-endpoint-services";

    public const string NoNodePortEndpoints = "no-endpoint-nodeports";

    public const string ClusterIPs = "cluster-ips";

    /// <summary>endpoint . endpoint: a pod that reaches itself through a Service.</summary>
    public const string Hairpins = "hairpins";

    /// <summary>Frontends that only some networks may use, and those networks.</summary>
    public const string Firewalled = "firewall-ips";

    public const string Allowed = "firewall-allow";

    public const int LocalSlots = 65536;
}
