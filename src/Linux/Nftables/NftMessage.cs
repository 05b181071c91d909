namespace KubeSharp.Linux.Nftables;

/// <summary>Netlink message types of nf_tables (linux/netfilter/nf_tables.h), with the subsystem in the high byte.</summary>
internal static class NftMessage
{
    public const ushort Subsystem = 10 << 8;
    public const ushort NewGeneration = Subsystem | 15;
    public const ushort GetGeneration = Subsystem | 16;
}
