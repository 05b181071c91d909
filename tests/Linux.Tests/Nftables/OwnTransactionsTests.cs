using KubeSharp.Linux.Nftables;

namespace KubeSharp.Linux.Tests.Nftables;

public sealed class OwnTransactionsTests
{
    /// <summary>Ours are the generations given; then the monitor reports one (or a gap, written 0, with the kernel at <paramref name="current"/>).</summary>
    [Theory]
    [InlineData(new uint[] { 5 }, 5, 5, true)]
    [InlineData(new uint[] { 5 }, 6, 6, false)] // a stranger after us
    [InlineData(new uint[] { 5, 7 }, 6, 7, false)] // a stranger between
    [InlineData(new uint[] { 5, 6, 7 }, 0, 7, true)] // lost messages, but nobody else was there
    [InlineData(new uint[] { 5, 7 }, 0, 7, false)]
    [InlineData(new uint[] { 5 }, 0, 6, false)]
    public void A_change_is_ours_if_every_generation_it_may_stand_for_is(uint[] ours, int reported, int current, bool isOurs)
    {
        var own = new OwnTransactions();
        foreach (var generation in ours)
            own.Add(new(generation - 1, generation));

        Assert.Equal(isOurs, own.Made(new((uint)reported, new HashSet<string>(), "", IsGap: reported == 0), () => (uint)current));
    }

    [Fact]
    public void A_transaction_that_a_stranger_may_have_come_before_is_not_certainly_ours()
    {
        var own = new OwnTransactions();
        own.Add(new(4, 6));

        Assert.False(own.Made(new(6, new HashSet<string>(), ""), () => 6));
    }
}
