using KubeSharp.PodNetwork.Rules;

namespace KubeSharp.PodNetwork.Tests;

public sealed class ForwardPolicyTests
{
    [Theory]
    [InlineData("""{"nftables":[{"metainfo":{}},{"chain":{"name":"FORWARD","policy":"drop"}}]}""", true, 0)]
    [InlineData("""{"nftables":[{"chain":{"name":"FORWARD","policy":"accept"}}]}""", false, 0)]
    [InlineData("""{"nftables":[{"chain":{"policy":"drop"}},{"rule":{"handle":7,"comment":"t: pods"}},{"rule":{"handle":8,"comment":"other"}}]}""", true, 1)]
    public void Reads_the_policy_and_our_rules_from_nfts_json(string json, bool isDropping, int ours)
    {
        var (dropping, rules) = ForwardPolicy.Read(json, "t: pods");

        Assert.Equal(isDropping, dropping);
        Assert.Equal(ours, rules.Count);
    }
}
