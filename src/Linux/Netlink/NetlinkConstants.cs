namespace KubeSharp.Linux.Netlink;

/// <summary>Flags of a netlink header (linux/netlink.h, NLM_F_*).</summary>
[Flags]
public enum Nlm : ushort
{
    None = 0,
    Request = 0x1,
    Multi = 0x2,
    Ack = 0x4,
    Replace = 0x100,
    Exclusive = 0x200,
    Create = 0x400,
    Dump = 0x300,
}

/// <summary>Message types of rtnetlink (linux/rtnetlink.h, RTM_*).</summary>
public static class Rtm
{
    public const ushort NewLink = 16;
    public const ushort DelLink = 17;
    public const ushort GetLink = 18;
    public const ushort SetLink = 19;
    public const ushort NewAddress = 20;
    public const ushort DelAddress = 21;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort DelRoute = 25;
    public const ushort GetRoute = 26;
}

/// <summary>Multicast groups of rtnetlink, as bits of the bound address (RTMGRP_*).</summary>
[Flags]
public enum RouteGroups : uint
{
    None = 0,
    Link = 0x1,
    Ipv4Address = 0x10,
    Ipv4Route = 0x40,
}

/// <summary>The netlink protocols used here.</summary>
public enum NetlinkProtocol
{
    Route = 0,
    Netfilter = 12,
}

/// <summary>Attributes of a link (IFLA_*).</summary>
internal static class Ifla
{
    public const ushort Address = 1;
    public const ushort Name = 3;
    public const ushort Mtu = 4;
    public const ushort Link = 5;
    public const ushort Master = 10;
    public const ushort LinkInfo = 18;
    public const ushort NetNsFd = 28;
}

/// <summary>Attributes inside IFLA_LINKINFO.</summary>
internal static class IflaInfo
{
    public const ushort Kind = 1;
    public const ushort Data = 2;
}

/// <summary>Attributes of a vxlan device (IFLA_VXLAN_*).</summary>
internal static class IflaVxlan
{
    public const ushort Id = 1;
    public const ushort Learning = 7;
    public const ushort Port = 15;
}

/// <summary>Attributes of an address (IFA_*).</summary>
internal static class Ifa
{
    public const ushort Address = 1;
    public const ushort Local = 2;
}

/// <summary>Attributes of a route (RTA_*).</summary>
internal static class Rta
{
    public const ushort Destination = 1;
    public const ushort OutInterface = 4;
    public const ushort Gateway = 5;
    public const ushort Priority = 6;
    public const ushort PreferredSource = 7;
    public const ushort Table = 15;
}
