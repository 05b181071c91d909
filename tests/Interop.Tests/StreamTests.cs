using System.Text;
using k8s;

namespace KubeSharp.Interop.Tests;

public sealed class StreamTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static CancellationToken Ct => Cluster.Ct;

    [Fact]
    public async Task Exec_has_three_streams_and_an_exit_code()
    {
        await cluster.StartPodAsync("shell", "busybox", "sleep", "1000");
        var (output, error) = ("", "");
        var code = await cluster.Client.NamespacedPodExecAsync("shell", cluster.Namespace, "c", ["sh", "-c", "echo out; echo err >&2; exit 7"], false, Both, Ct);
        Assert.Equal((7, "out\n", "err\n"), (code, output, error));

        using var socket = await cluster.Client.WebSocketNamespacedPodExecAsync("shell", cluster.Namespace, ["cat"], "c", stdin: true, tty: false, cancellationToken: Ct);
        using var demuxer = new StreamDemuxer(socket);
        demuxer.Start();
        await using var both = demuxer.GetStream(ChannelIndex.StdOut, ChannelIndex.StdIn);
        var sent = Encoding.UTF8.GetBytes(new string('x', 100_000) + "\n");
        await both.WriteAsync(sent, Ct);
        var received = new byte[sent.Length];
        await both.ReadExactlyAsync(received, Ct);
        Assert.Equal(sent, received);

        async Task Both(Stream stdIn, Stream stdOut, Stream stdError)
        {
            output = await new StreamReader(stdOut).ReadToEndAsync(Ct);
            error = await new StreamReader(stdError).ReadToEndAsync(Ct);
        }
    }

    [Fact]
    public async Task A_port_of_a_pod_is_forwarded()
    {
        await cluster.StartPodAsync("web", "hello");
        using var socket = await cluster.Client.WebSocketNamespacedPodPortForwardAsync("web", cluster.Namespace, [80], "v4.channel.k8s.io", cancellationToken: Ct);
        using var demuxer = new StreamDemuxer(socket, StreamType.PortForward);
        demuxer.Start();
        await using var stream = demuxer.GetStream((byte?)0, (byte?)0);
        await stream.WriteAsync("GET / HTTP/1.0\r\nHost: web\r\n\r\n"u8.ToArray(), Ct);
        var answer = new byte[15];
        await stream.ReadExactlyAsync(answer, Ct);
        Assert.Equal("HTTP/1.", Encoding.UTF8.GetString(answer)[..7]);
    }

    [Fact]
    public async Task Logs_are_followed()
    {
        await cluster.StartPodAsync("talker", "busybox", "sh", "-c", "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done");
        await using var log = await cluster.Client.CoreV1.ReadNamespacedPodLogAsync("talker", cluster.Namespace, follow: true, cancellationToken: Ct);
        using var lines = new StreamReader(log);
        for (var i = 1; i <= 5; i++)
            Assert.Equal($"line {i}", await lines.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task A_pod_is_evicted()
    {
        await cluster.StartPodAsync("guest", "hello");
        await cluster.Client.CoreV1.CreateNamespacedPodEvictionAsync(new() { Metadata = new() { Name = "guest" } }, "guest", cluster.Namespace, cancellationToken: Ct);
        await foreach (var (type, _) in cluster.Client.CoreV1.WatchListNamespacedPodAsync(cluster.Namespace, fieldSelector: "metadata.name=guest", timeoutSeconds: 30, cancellationToken: Ct))
        {
            if (type == WatchEventType.Deleted)
                return;
        }

        Assert.Empty((await cluster.Client.CoreV1.ListNamespacedPodAsync(cluster.Namespace, fieldSelector: "metadata.name=guest", cancellationToken: Ct)).Items);
    }
}
