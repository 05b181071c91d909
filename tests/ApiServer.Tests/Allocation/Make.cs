using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>Services to ask for, and what came of it.</summary>
internal static class Make
{
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(60);

    public static Service Service(string name, Func<ServiceSpec, ServiceSpec>? change = null)
    {
        var spec = new ServiceSpec { Type = "ClusterIP", SessionAffinity = "None", InternalTrafficPolicy = "Cluster", Selector = new Dictionary<string, string> { ["app"] = "web" }, Ports = [Port("http", 80)] };
        return new() { Metadata = new() { Name = name, Namespace = "demo" }, Spec = change?.Invoke(spec) ?? spec };
    }

    public static Service NodePort(string name, int wanted = 0) => Service(name, s => s with { Type = "NodePort", Ports = [Port("http", 80) with { NodePort = wanted }] });

    public static ServicePort Port(string name, int port, string protocol = "TCP") => new() { Name = name, Port = port, Protocol = protocol, TargetPort = port };

    /// <summary>The names of all addresses that are taken, in order.</summary>
    public static IReadOnlyList<string> Taken(TestServer server) => [.. server.Core.Objects.List<AddressObject>().Select(a => a.Metadata.Name).Order(StringComparer.Ordinal)];

    public static AddressObject? Find(TestServer server, string address) => server.Core.Objects.List<AddressObject>().FirstOrDefault(a => a.Metadata.Name == address);

    /// <summary>Waits until a condition holds; meanwhile the server's clock runs ten seconds at a time.</summary>
    public static async Task UntilAsync(TestServer server, Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Hopeless, "it did not come to pass");
            server.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestServer.Ct);
        }
    }
}
