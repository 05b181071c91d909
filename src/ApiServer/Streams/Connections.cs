using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Streams;

/// <summary>The subresources that connect to something outside: the list, and what they share.</summary>
internal sealed class Connections : IDisposable
{
    private readonly BackendConnections _backends;

    public Connections(ApiServerParts parts)
    {
        _backends = new(parts.Kubelets, parts.Clock);
        var http = new HttpForwarder(_backends);
        var upgrades = new UpgradeForwarder(_backends);
        var proxy = new ProxySubresource(new(parts.Objects, parts.Random), http, upgrades);
        Table = new(new Dictionary<(string Plural, string Subresource), ISubresource>
        {
            [("pods", "log")] = new PodLog(parts.Objects, http),
            [("pods", "exec")] = new PodStream("exec", parts.Objects, upgrades, parts.Kubelets),
            [("pods", "attach")] = new PodStream("attach", parts.Objects, upgrades, parts.Kubelets),
            [("pods", "portforward")] = new PodStream("portForward", parts.Objects, upgrades, parts.Kubelets),
            [("pods", "proxy")] = proxy,
            [("services", "proxy")] = proxy,
            [("nodes", "proxy")] = proxy,
        });
    }

    public ConnectionTable Table { get; }

    public void Dispose() => _backends.Dispose();
}
