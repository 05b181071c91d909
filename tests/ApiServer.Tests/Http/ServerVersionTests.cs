using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class ServerVersionTests
{
    /// <summary>kubectl's conformance test wants hexadecimal digits, where there are any.</summary>
    [Theory]
    [InlineData("1.0.0+0b5fbf73d651b76636296c8d81a0eb47a1bf9a26", "0b5fbf73d651b76636296c8d81a0eb47a1bf9a26")]
    [InlineData("1.0.0", "")]
    [InlineData("1.0.0+preview", "")]
    [InlineData(null, "")]
    public void The_commit_is_what_stands_behind_the_plus(string? version, string expected) => Assert.Equal(expected, ServerVersion.CommitIn(version));
}
