using System.Net;
using System.Net.Sockets;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Allocation;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.Objects.RbacV1;
using KubeSharp.Objects.SchedulingV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer;

/// <summary>The objects every cluster begins with: namespaces, roles, priority classes, the server's own Service. Written as the server, through the verbs.</summary>
internal sealed partial class BootstrapObjects(
    IResourceVerbs verbs, Resources resources, ApiServerOptions options, OwnServiceRange range, IPAddress serviceAddress, TimeProvider clock, ILogger<BootstrapObjects> log)
{
    private const string Autoupdate = "rbac.authorization.kubernetes.io/autoupdate";

    /// <summary>So many at a time: a durable store commits them as one group.</summary>
    private const int Workers = 32;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly WriteOptions _options = new(Identities.Server) { FieldManager = "kube-apiserver" };

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDone => _done.Task.IsCompleted;

    /// <summary>Ends when everything is there.</summary>
    public Task Done => _done.Task;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await EnsureAllAsync(ct);
                _done.TrySetResult();
                return;
            }
            catch (ApiException e)
            {
                Failed(e.Message);
            }

            await Task.Delay(RetryPause, clock, ct);
        }
    }

    private async Task EnsureAllAsync(CancellationToken ct)
    {
        await EnsureAsync(SystemObjects.Namespaces, ct);
        await EnsureAsync(BootstrapPolicy.Objects(), ct);
        await EnsureAsync(SystemObjects.PriorityClasses, ct);
        await EnsureRangeAsync(ct);
        await EnsureOwnServiceAsync(ct);
        if (options.FrontProxy.Authorities.Count > 0)
            await EnsureAsync([AuthenticationTrust.Of(options.FrontProxy)], ct);
    }

    /// <summary>The Service by which pods reach this server, and its endpoints.</summary>
    public Task EnsureOwnServiceAsync(CancellationToken ct) => EnsureAsync(OwnService(), ct);

    private async Task EnsureRangeAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await range.EnsureAsync(ct);
                return;
            }
            catch (ApiException e) when (e.Code == 409)
            {
                // Another server was first; look again at what it wrote.
            }
        }
    }

    private Task EnsureAsync(IEnumerable<IObject> wanted, CancellationToken ct) =>
        Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct }, async (obj, token) => await EnsureAsync(obj, token));

    private async Task EnsureAsync(IObject wanted, CancellationToken ct)
    {
        var resource = ResourceOf(wanted);
        while (true)
        {
            try
            {
                var current = await FindAsync(resource, ObjectKey.Of(wanted), ct);
                if (current is null)
                    await verbs.CreateAsync(resource, wanted, _options, ct);
                else if (Reconciled(current, wanted) is { } better)
                    await verbs.UpdateAsync(resource, ObjectKey.Of(wanted), "", better, _options, ct);
                return;
            }
            catch (ApiException e) when (e.Code == 409)
            {
                // Another server was first; look again at what it wrote.
            }
            catch (ApiException e) when (e.Code < 500)
            {
                // One that is refused will be refused again: the others must not wait for it.
                Refused(resource.Type.Kind, ObjectKey.Of(wanted), e.Message);
                return;
            }
        }
    }

    private async Task<IObject?> FindAsync(ServedResource resource, ObjectKey key, CancellationToken ct)
    {
        try
        {
            return (await verbs.GetAsync(resource, key, "", ct)).Object;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>The present object with what it lacks of the wanted one; null if it lacks nothing or an administrator keeps it as it is.</summary>
    private IObject? Reconciled(IObject current, IObject wanted)
    {
        if (current.Metadata.Annotations.GetValueOrDefault(Autoupdate) is not null and not "true")
            return null;

        return (current, wanted) switch
        {
            (ClusterRole now, ClusterRole then) when then.AggregationRule is null => Missing(now.Rules, then.Rules) is { Count: > 0 } rules ? now with { Rules = [.. now.Rules, .. rules] } : null,
            (Role now, Role then) => Missing(now.Rules, then.Rules) is { Count: > 0 } rules ? now with { Rules = [.. now.Rules, .. rules] } : null,
            (ClusterRoleBinding now, ClusterRoleBinding then) => Missing(now.Subjects, then.Subjects) is { Count: > 0 } subjects ? now with { Subjects = [.. now.Subjects, .. subjects] } : null,
            (RoleBinding now, RoleBinding then) => Missing(now.Subjects, then.Subjects) is { Count: > 0 } subjects ? now with { Subjects = [.. now.Subjects, .. subjects] } : null,
            (ConfigMap now, ConfigMap then) => AuthenticationTrust.Combined(now, then, clock.GetUtcNow()),
            (Endpoints now, Endpoints then) when !now.Subsets.SequenceEqual(then.Subsets) => now with { Subsets = then.Subsets },
            (EndpointSlice now, EndpointSlice then) when !now.Endpoints.SequenceEqual(then.Endpoints) || !now.Ports.SequenceEqual(then.Ports) => now with { Endpoints = then.Endpoints, Ports = then.Ports },
            (Service now, Service then) when now.Spec.Ports.Count != 1 || now.Spec.Ports[0].TargetPort != then.Spec.Ports[0].TargetPort => now with { Spec = now.Spec with { Ports = then.Spec.Ports } },
            _ => null,
        };
    }

    private static List<T> Missing<T>(IEnumerable<T> now, IEnumerable<T> then) => [.. then.Except(now)];

    private IEnumerable<IObject> OwnService()
    {
        const string Name = "kubernetes";
        var address = options.AdvertiseAddress.ToString();
        yield return new Service
        {
            Metadata = new() { Name = Name, Namespace = "default", Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
            Spec = new()
            {
                Type = "ClusterIP",
                ClusterIP = AddressBlock.Text(serviceAddress),
                ClusterIPs = [AddressBlock.Text(serviceAddress)],
                IpFamilies = [serviceAddress.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4"],
                IpFamilyPolicy = "SingleStack",
                SessionAffinity = "None",
                InternalTrafficPolicy = "Cluster",
                Ports = [new() { Name = "https", Protocol = "TCP", Port = 443, TargetPort = options.AdvertisePort }],
            },
        };

        // Endpoints may not be loopback addresses; a server that is only there for its own machine has none.
        if (IPAddress.IsLoopback(options.AdvertiseAddress))
            yield break;

        yield return new Endpoints
        {
            Metadata = new() { Name = Name, Namespace = "default", Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" } },
            Subsets = [new() { Addresses = [new() { Ip = address }], Ports = [new() { Name = "https", Port = options.AdvertisePort, Protocol = "TCP" }] }],
        };
        yield return new EndpointSlice
        {
            Metadata = new() { Name = Name, Namespace = "default", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = Name } },
            AddressType = options.AdvertiseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
            Endpoints = [new() { Addresses = [address], Conditions = new() { Ready = true } }],
            Ports = [new() { Name = "https", Port = options.AdvertisePort, Protocol = "TCP" }],
        };
    }

    private ServedResource ResourceOf(IObject obj) => obj switch
    {
        Namespace => resources.Of<Namespace>(),
        ClusterRole => resources.Of<ClusterRole>(),
        ClusterRoleBinding => resources.Of<ClusterRoleBinding>(),
        Role => resources.Of<Role>(),
        RoleBinding => resources.Of<RoleBinding>(),
        ConfigMap => resources.Of<ConfigMap>(),
        Service => resources.Of<Service>(),
        Endpoints => resources.Of<Endpoints>(),
        EndpointSlice => resources.Of<EndpointSlice>(),
        PriorityClass => resources.Of<PriorityClass>(),
        _ => throw new InvalidOperationException($"{obj.GetType().Name} is not a bootstrap object"),
    };

    [LoggerMessage(2, LogLevel.Error, "{Kind} {Key}, which every cluster has, was refused: {Why}")]
    private partial void Refused(string kind, ObjectKey key, string why);

    [LoggerMessage(1, LogLevel.Warning, "The cluster's first objects cannot be written yet: {Why}")]
    private partial void Failed(string why);
}
