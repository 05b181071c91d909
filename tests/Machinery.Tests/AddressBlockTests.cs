using System.Net;

namespace KubeSharp.Machinery.Tests;

public sealed class AddressBlockTests
{
    [Theory]
    [InlineData("10.96.0.0/12", "10.96.0.1", 1_048_574, 256)]
    [InlineData("10.0.0.5/24", "10.0.0.1", 254, 16)]
    [InlineData("10.0.0.0/20", "10.0.0.1", 4094, 256)]
    [InlineData("10.0.0.0/28", "10.0.0.1", 14, 0)]
    [InlineData("10.0.0.0/27", "10.0.0.1", 30, 16)]
    [InlineData("10.0.0.0/31", "10.0.0.1", 0, 0)]
    [InlineData("10.0.0.0/32", "10.0.0.1", 0, 0)]
    [InlineData("fd00:10::/112", "fd00:10::1", 65_535, 256)]
    [InlineData("fd00:10::/64", "fd00:10::1", long.MaxValue, 256)]
    [InlineData("fd00::/8", "fd00::1", long.MaxValue, 256)]
    public void A_block_knows_what_it_gives_out(string text, string first, long count, int band)
    {
        var block = AddressBlock.Find(text)!;
        Assert.Equal((first, count, band), (AddressBlock.Text(block.First), block.Count, block.StaticBand));
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.1", true)]
    [InlineData("10.0.0.0/24", "10.0.0.254", true)]
    [InlineData("10.0.0.0/24", "10.0.0.0", false)]
    [InlineData("10.0.0.0/24", "10.0.0.255", false)]
    [InlineData("10.0.0.0/24", "10.0.1.1", false)]
    [InlineData("0.0.0.0/0", "9.9.9.9", true)]
    [InlineData("fd00::/112", "fd00::ffff", true)]
    [InlineData("fd00::/112", "fd00::", false)]
    [InlineData("fd00::/112", "fd00::1:0", false)]
    [InlineData("fd00::/112", "10.0.0.1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    public void It_has_neither_the_networks_address_nor_the_broadcast(string block, string address, bool has) =>
        Assert.Equal(has, AddressBlock.Find(block)!.Has(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.0.0.0/16", "10.0.0.0/16", true)]
    [InlineData("10.0.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0/16", false)]
    [InlineData("::/0", "10.0.0.0/8", false)]
    public void Blocks_contain_blocks(string outer, string inner, bool contains) => Assert.Equal(contains, AddressBlock.Find(outer)!.Contains(AddressBlock.Find(inner)!));

    [Theory]
    [InlineData("FD00:0:0:0:0:0:0:1", "fd00::1")]
    [InlineData("fd00:0:0:1:0:0:0:1", "fd00:0:0:1::1")]
    [InlineData("fd00:0:1:0:1:0:1:0", "fd00:0:1:0:1:0:1:0")]
    [InlineData("1:0:0:2:0:0:3:4", "1::2:0:0:3:4")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("fd00::5efe:a00:1", "fd00::5efe:a00:1")]
    [InlineData("::1:2", "::1:2")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    public void Addresses_are_written_one_way(string address, string text) => Assert.Equal(text, AddressBlock.Text(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/x")]
    [InlineData("/8")]
    [InlineData("fd00::/129")]
    public void What_is_no_block_is_none(string text) => Assert.Null(AddressBlock.Find(text));

    [Fact]
    public void One_block_is_one_value() => Assert.Equal((AddressBlock.Find("10.0.0.9/24"), "fd00::/112"), (AddressBlock.Find("10.0.0.0/24"), AddressBlock.Find("FD00:0::/112")!.ToString()));
}
