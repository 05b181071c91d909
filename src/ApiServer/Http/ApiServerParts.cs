using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.History;
using KubeSharp.ApiServer.Reviews;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Machinery.Metrics;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary>What the HTTP face of the server is made of.</summary>
public sealed record ApiServerParts
{
    public required IResourceVerbs Verbs { get; init; }

    /// <summary>In the order in which they are asked; the first that knows the credential decides.</summary>
    public required IReadOnlyList<IAuthenticator> Authenticators { get; init; }

    public required IAuthorizer Authorizer { get; init; }

    /// <summary>Absent: scale, binding, eviction and token are not answered.</summary>
    public StoredSubresources? Subresources { get; init; }

    /// <summary>Absent: nothing is told of the past, and nothing restored.</summary>
    public ObjectHistory? History { get; init; }

    /// <summary>Absent: reviews are not answered.</summary>
    public AccessReviews? Reviews { get; init; }

    /// <summary>Absent: no other server's groups are known.</summary>
    public Aggregator? Aggregator { get; init; }

    /// <summary>Absent: nothing is noted of requests.</summary>
    public Audit.Auditor? Audit { get; init; }

    /// <summary>Absent: no request waits for its turn.</summary>
    public FairnessGate? Fairness { get; init; }

    /// <summary>The bound where there is no <see cref="Fairness"/>. Absent too: all requests are served at once.</summary>
    public InFlightLimit? InFlight { get; init; }

    /// <summary><c>application/cbor</c> is read and written (upstream's gate <c>CBORServingAndStorage</c>, of which the serving half).</summary>
    public bool ServesCbor { get; init; }

    /// <summary>How the API server reads pods, nodes and services for streams and proxies.</summary>
    public required IObjects Objects { get; init; }

    public required KubeletConnection Kubelets { get; init; }

    /// <summary>The service-account issuer and the keys its tokens are verified with.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    public IReadOnlyList<SigningKey> SigningKeys { get; init; } = [];

    /// <summary>Host and port under which clients outside reach this server.</summary>
    public string Address { get; init; } = "127.0.0.1:6443";

    public ServerVersion Version { get; init; } = ServerVersion.Current;

    /// <summary>What <c>/livez</c> and <c>/readyz</c> look at, besides ping.</summary>
    public IReadOnlyList<HealthCheck> Checks { get; init; } = [];

    /// <summary>Write what is known only when it is asked for, to <c>/metrics</c>.</summary>
    public IReadOnlyList<Action<PrometheusText>> Collectors { get; init; } = [];

    /// <summary>Chooses among the endpoints of a proxied service; used under a lock on itself.</summary>
    public Random Random { get; init; } = new();

    public required TimeProvider Clock { get; init; }

    public required ILoggerFactory Logs { get; init; }
}
