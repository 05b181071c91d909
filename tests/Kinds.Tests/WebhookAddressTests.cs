using KubeSharp.Kinds.Admission;

namespace KubeSharp.Kinds.Tests;

public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("/", 0)]
    [InlineData("/mutate", 0)]
    [InlineData("/mutate/", 0)]
    [InlineData("mutate", 1)]
    [InlineData("//", 1)]
    [InlineData("/a//b", 1)]
    [InlineData("/A", 1)]
    public void A_path_may_be_left_empty_but_has_no_empty_steps(string? path, int problems)
    {
        var findings = new Findings();
        WebhookAddress.Service(new() { Name = "hook", Namespace = "ns", Path = path }, "service", findings);
        Assert.Equal(problems, findings.Errors.Count);
    }
}
