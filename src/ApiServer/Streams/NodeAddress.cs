namespace KubeSharp.ApiServer.Streams;

/// <summary>Where a node's agent listens.</summary>
internal static class NodeAddress
{
    private const int DefaultPort = 10250;

    /// <summary>The address types in upstream's order of preference, but addresses before names: names may not resolve from here.</summary>
    private static readonly string[] Preferred = ["InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS", "Hostname"];

    /// <exception cref="ApiException">The node is not known or has no address yet.</exception>
    public static async ValueTask<(string Host, int Port)> OfAsync(IObjects objects, string name, CancellationToken ct)
    {
        var node = await objects.FindAsync<Node>(new("", name), ct) ?? throw ApiException.NotFound("", "nodes", name);
        var host = Preferred.Select(p => node.Status.Addresses.FirstOrDefault(a => a.Type == p)?.Address).FirstOrDefault(a => a is { Length: > 0 })
            ?? throw ApiException.Internal($"no preferred addresses found; known addresses: [] (node {name})");
        var port = node.Status.DaemonEndpoints.KubeletEndpoint.Port;
        return (host, port > 0 ? port : DefaultPort);
    }
}
