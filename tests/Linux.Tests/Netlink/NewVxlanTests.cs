using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Tests.Netlink;

public sealed class NewVxlanTests
{
    /// <summary>Captured: <c>unshare -rn strace -xx -e sendmsg ip link add v type vxlan id 1 dstport 8472 nolearning</c>.</summary>
    private const string FromIpRoute2 =
        "54000000" + "1000" + "0506" + "07000000" + "00000000" +      // nlmsghdr: 84 bytes, RTM_NEWLINK
        "00000000" + "00000000" + "00000000" + "00000000" +           // ifinfomsg
        "0600" + "0300" + "76000000" +                                // IFLA_IFNAME "v"
        "2C00" + "1200" +                                             // IFLA_LINKINFO {
        "0A00" + "0100" + "76786C616E000000" +                        //   KIND "vxlan", with its zero
        "1C00" + "0200" +                                             //   DATA {
        "0800" + "0100" + "01000000" +                                //     ID 1
        "0500" + "0700" + "00000000" +                                //     LEARNING off
        "0600" + "0F00" + "21180000";                                 //     PORT 8472, network order } }

    [Fact]
    public void Is_byte_for_byte_what_ip_link_add_sends_but_for_the_zero_behind_the_kind() =>
        Assert.Equal(FromIpRoute2, Convert.ToHexString(
            new NewVxlan("v", Vni: 1, Port: 8472).Write(stackalloc byte[256], sequence: 7)));
}
