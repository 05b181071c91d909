namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>Ours, for all cases: each has a group of its own.</summary>
public sealed class UpstreamServer : IAsyncLifetime
{
    internal WholeServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
