using System.Globalization;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiregistrationV1;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Finds out whether an aggregated API can be used, in upstream's reasons and words, and says so in its status.</summary>
internal sealed class Availability(Caches caches, Resources resources, RemoteConnections connections, RemoteClient client, AvailabilityStatus status)
{
    private const string ServiceName = "kubernetes.io/service-name";

    /// <summary>One of them must succeed: behind a service there may be endpoints that do not answer.</summary>
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A server must always serve its discovery; this user may always read it.</summary>
    private static readonly Identity Checker = new("system:kube-aggregator", [Identity.Masters]);

    private readonly ServedResource _services = resources.Of<Service>();
    private readonly ServedResource _slices = resources.Of<EndpointSlice>();

    public static UpkeepTimes Times { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(30));

    /// <summary>All that a judgement is made of, but for the server itself.</summary>
    public string MarkOf(RemoteApi api)
    {
        var service = caches.Of(_services).Find(api.Service);
        return string.Create(CultureInfo.InvariantCulture,
            $"{api.Object.Metadata.Uid} {Json.TextOf(api.Object.Spec)} {service?.Revision} {string.Join(',', SlicesOf(api).Select(s => s.Revision))}");
    }

    /// <returns>Whether the API is available.</returns>
    /// <exception cref="ApiException">The status could not be written.</exception>
    public async Task<bool> CheckAsync(RemoteApi api, CancellationToken ct)
    {
        await connections.TrimAsync();
        var condition = FindFault(api) ?? await AskAsync(api, ct);
        await status.WriteAsync(api.Object, condition, ct);

        // The others are mended by a change, which wakes this; a server comes back by itself.
        return condition.Reason != "FailedDiscoveryCheck";
    }

    private IEnumerable<StoredObject> SlicesOf(RemoteApi api) => caches.Of(_slices).Snapshot(api.Service.Namespace, caches.Revision).Objects
        .Where(s => s.Labels.GetValueOrDefault(ServiceName) == api.Service.Name);

    /// <summary>What is wrong with the service, if anything.</summary>
    private APIServiceCondition? FindFault(RemoteApi api)
    {
        var (ns, name) = (api.Service.Namespace, api.Service.Name);
        if (caches.Of(_services).Find(api.Service)?.Object is not Service service)
            return Fault("ServiceNotFound", $"service/{name} in \"{ns}\" is not present");
        if (service.Spec.Type != "ClusterIP")
            return null;

        if (service.Spec.Ports.FirstOrDefault(p => p.Port == api.Port) is not { } port)
            return Fault("ServicePortError", string.Create(CultureInfo.InvariantCulture, $"service/{name} in \"{ns}\" is not listening on port {api.Port}"));

        var slices = SlicesOf(api).Select(s => (EndpointSlice)s.Object).ToList();
        if (slices.Count == 0)
            return Fault("EndpointsNotFound", $"cannot find endpointslices for service/{name} in \"{ns}\"");
        return slices.Exists(s => s.Endpoints.Any(e => e.Conditions.Ready != false) && s.Ports.Any(p => p.Name == port.Name && p.Port is not null))
            ? null
            : Fault("MissingEndpoints", $"endpointslices for service/{name} in \"{ns}\" have no addresses with port name \"{port.Name}\"");
    }

    private async Task<APIServiceCondition> AskAsync(RemoteApi api, CancellationToken ct)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var asked = Enumerable.Range(0, Attempts).Select(_ => AskOnceAsync(api, rest.Token)).ToList();
        var fault = "";
        try
        {
            await foreach (var answered in Task.WhenEach(asked))
            {
                fault = await answered;
                if (fault.Length == 0)
                    return new() { Type = AvailabilityStatus.Available, Status = "True", Reason = "Passed", Message = "all checks passed" };
            }
        }
        finally
        {
            await rest.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Fault("FailedDiscoveryCheck", fault);
    }

    /// <returns>What went wrong; empty if nothing did.</returns>
    private async Task<string> AskOnceAsync(RemoteApi api, CancellationToken ct)
    {
        try
        {
            var reply = await client.GetAsync(api, api.Path, Checker, Patience, ct);
            return reply.Code is >= 200 and < 300
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"failing or missing response from {reply.Url}: bad status from {reply.Url}: {reply.Code}");
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return e.Message;
        }
    }

    private static APIServiceCondition Fault(string reason, string message) => new() { Type = AvailabilityStatus.Available, Status = "False", Reason = reason, Message = message };
}
