using KubeSharp.Kubelet.Environment;

namespace KubeSharp.Kubelet.Tests.Environment;

public sealed class ExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["VAR_A"] = "A", ["VAR_B"] = "B", ["VAR_C"] = "C", ["VAR_REF"] = "$(VAR_A)", ["VAR_EMPTY"] = "" };

    [Theory]
    [InlineData("$(VAR_A)", "A")]
    [InlineData("___$(VAR_B)___", "___B___")]
    [InlineData("$(VAR_A)-1$(VAR_B)", "A-1B")]
    [InlineData("$(VAR_DNE)", "$(VAR_DNE)")]
    [InlineData("$$(VAR_A)", "$(VAR_A)")]
    [InlineData("$$$(VAR_A)", "$A")]
    [InlineData("$$$$(VAR_A)", "$$(VAR_A)")]
    [InlineData("$(VAR_REF)", "$(VAR_A)")]
    [InlineData("foo$(VAR_EMPTY)bar", "foobar")]
    [InlineData("$VAR_A", "$VAR_A")]
    [InlineData("$(VAR_A", "$(VAR_A")]
    [InlineData("VAR_A)", "VAR_A)")]
    [InlineData("$()", "$()")]
    [InlineData("100%$", "100%$")]
    [InlineData("a$$", "a$")]
    [InlineData("${VAR_A}", "${VAR_A}")]
    [InlineData("$( VAR_A )", "$( VAR_A )")]
    public void Names_in_parentheses_give_way_to_their_values(string text, string expected) =>
        Assert.Equal(expected, Expansion.Expand(text, Variables.GetValueOrDefault));
}
