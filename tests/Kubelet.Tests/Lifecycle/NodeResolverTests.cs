using KubeSharp.Kubelet.Lifecycle;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

public sealed class NodeResolverTests : IDisposable
{
    private const string Behind = "nameserver 192.0.2.53\nsearch corp.example.com\n";
    private readonly string _directory = Directory.CreateTempSubdirectory("resolver").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("# of systemd-resolved\nnameserver 127.0.0.53\noptions edns0 trust-ad\n", true)]
    [InlineData("nameserver ::1\nnameserver 127.0.0.1\n", true)]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", false)]
    [InlineData("search corp.example.com\n", false)]
    [InlineData("nameserver 192.0.2.1\n", false)]
    public void Servers_that_only_the_node_itself_reaches_are_passed_over(string own, bool isPassedOver) =>
        Assert.Equal(isPassedOver ? Behind : own, NodeResolver.Read(Written("own", own), Written("behind", Behind)));

    [Fact]
    public void Without_better_ones_the_nodes_own_servers_are_taken()
    {
        Assert.Equal("nameserver 127.0.0.1\n", NodeResolver.Read(Written("own", "nameserver 127.0.0.1\n"), Path.Combine(_directory, "none")));
        Assert.Equal("", NodeResolver.Read(Path.Combine(_directory, "none"), Written("behind", Behind)));
    }

    private string Written(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
