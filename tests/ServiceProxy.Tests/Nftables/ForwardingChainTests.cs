using KubeSharp.ServiceProxy.Nftables;

namespace KubeSharp.ServiceProxy.Tests.Nftables;

public sealed class ForwardingChainTests
{
    [Theory]
    [InlineData("cluster-3")]
    [InlineData("external-1")]
    [InlineData("local-12")]
    [InlineData("nodeport-external-7")]
    [InlineData("nodeport-local-2-sticky-60")]
    [InlineData("cluster-2-sticky-10800")]
    public void A_name_tells_the_whole_chain(string name) => Assert.Equal(name, ForwardingChain.Parse(name).Name);
}
