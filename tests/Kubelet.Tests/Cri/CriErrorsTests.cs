using Grpc.Core;
using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Cri;

/// <summary>What people read in events when the runtime does not answer.</summary>
public sealed class CriErrorsTests
{
    [Fact]
    public async Task A_socket_that_is_not_there_is_named()
    {
        using var client = new CriClient("unix:///nonexistent/containerd.sock", TimeProvider.System);

        var error = await Assert.ThrowsAsync<RuntimeException>(() => client.VersionAsync(TestContext.Current.CancellationToken));

        Assert.Equal(RuntimeErrorKind.Unavailable, error.Kind);
        Assert.Equal(
            "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /nonexistent/containerd.sock: connect: no such file or directory\"",
            error.Message);
    }

    [Theory]
    [InlineData("", "rpc error: code = DeadlineExceeded desc = context deadline exceeded")]
    [InlineData("failed to get task pid", "rpc error: code = DeadlineExceeded desc = failed to get task pid")]
    public void A_deadline_is_never_without_words(string detail, string message) =>
        Assert.Equal(message, RuntimeException.From(new RpcException(new Grpc.Core.Status(StatusCode.DeadlineExceeded, detail))).Message);
}
