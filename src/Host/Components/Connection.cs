using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.Client;
using KubeSharp.Client.Caching;
using KubeSharp.Client.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>How the components of this process reach the API: through its pipeline, without a socket, each with its own rights.</summary>
internal sealed class Connection(ApiServerHttp http, TimeProvider clock, ILoggerFactory logs)
{
    private static readonly Uri Server = new("https://kubernetes.default.svc");

    /// <summary>One informer a kind for the whole process. It reads as the server itself; what components may write is checked for each.</summary>
    public Informers Informers { get; } = new(Open(http, Identities.Server, "informers", clock), clock, Random.Shared, logs);

    public IClient ClientFor(Identity user, string component) => Open(http, user, component, clock);

    /// <summary>A controller's client; upstream's controllers act as service accounts of kube-system.</summary>
    public IClient ClientForController(string name) => ClientFor(Identities.ServiceAccount("kube-system", name), "kube-controller-manager");

    private static ApiClient Open(ApiServerHttp http, Identity user, string component, TimeProvider clock) =>
        new(new HttpMessageInvoker(http.CreateInProcessHandler(user)), Server, component, clock, Random.Shared);
}
