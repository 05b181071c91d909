using KubeSharp.Host.Config;

namespace KubeSharp.Host.Tests;

/// <summary><c>--feature-gates</c>: what is off unless it is asked for, and nothing that does not exist.</summary>
public sealed class FeatureGateTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("CBORServingAndStorage=true", true)]
    [InlineData("CBORServingAndStorage=false", false)]
    [InlineData("CBORServingAndStorage=true,CBORServingAndStorage=false", false)]
    public void A_gate_is_shut_unless_it_is_opened(string gates, bool isOpen) => Assert.Equal(isOpen, Read(gates).ServesCbor);

    [Theory]
    [InlineData("CBORServingAndStorage")]
    [InlineData("CBORServingAndStorage=maybe")]
    [InlineData("AllAlpha=true")]
    public void A_gate_that_is_not_there_stops_the_start(string gates) =>
        Assert.Equal($"--feature-gates: \"{gates}\" is not CBORServingAndStorage=true or CBORServingAndStorage=false", Assert.Throws<StartException>(() => Read(gates)).Message);

    private static ServerOptions Read(string gates)
    {
        var flags = new ServerFlags();
        var command = new System.CommandLine.Command("server");
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        return flags.Read(command.Parse(gates.Length == 0 ? [] : ["--feature-gates=" + gates]));
    }
}
