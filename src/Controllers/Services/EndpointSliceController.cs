using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.Controllers.Services;

/// <summary>Keeps the EndpointSlices of every Service that selects pods.</summary>
internal sealed class EndpointSliceController(IClient client) : IController, IReconciler
{
    private const int PerSlice = 100;
    private const string ServiceLabel = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Me = "endpointslice-controller.k8s.io";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const string ByService = "service";

    /// <summary>The watch brings what was written; this is for the case that it was lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SliceWrites _writes = new();
    private ServiceWatch _watch = null!; // set by Watch, before the loop runs
    private IInformer<EndpointSlice> _slices = null!;

    public string Name => "endpointslice-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _watch = new(informers);
        _slices = informers.For<EndpointSlice>();
        _slices.AddIndex(ByService, static s => IsOurs(s) ? [KeyOf(s).ToString()] : []);
        _watch.Wake(queue);
        _slices.Subscribe((old, now) =>
        {
            if (IsOurs((now ?? old)!))
                queue.Add(KeyOf((now ?? old)!));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        // A cache that does not show our own last writes would have us create slices twice: their names are the server's choice.
        if (!_writes.AreSeen(key, _slices))
            return Requeue.After(Patience);

        var existing = _slices.ByIndex(ByService, key.ToString()).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();
        if (_watch.Find(key) is not { Metadata.DeletionTimestamp: null } service || service.Spec.Type == "ExternalName" || service.Spec.Selector.Count == 0)
        {
            // A Service without a selector has endpoints by hand; one that is gone takes its slices along as their owner.
            if (_watch.Find(key) is null)
            {
                _writes.Forget(key);
                await DeleteAsync(existing, ct);
            }

            return Requeue.Never;
        }

        var wanted = ServiceEndpoints.Of(service, _watch.PodsOf(service)).SelectMany(g => g.Endpoints.Chunk(PerSlice).Select(e => (g.Ports, Endpoints: e))).ToList();
        if (wanted.Count == 0)
            wanted.Add((Nil.List<Objects.DiscoveryV1.EndpointPort>(), []));

        foreach (var (ports, endpoints) in wanted)
        {
            // The slice with the same ports is the one to change: others keep their name and clients see one small update.
            var slice = existing.FirstOrDefault(s => s.Ports.SequenceEqual(ports)) ?? existing.FirstOrDefault(s => s.Endpoints.Count == 0);
            if (slice is null)
            {
                _writes.Wrote(key, await client.CreateAsync(SliceOf(service, ports, endpoints), ct));
                continue;
            }

            existing.Remove(slice);
            var next = slice with { Ports = ports, Endpoints = endpoints.Length == 0 ? Nil.List<Endpoint>() : endpoints, Metadata = slice.Metadata with { Labels = LabelsOf(service) } };
            if (!next.Equals(slice))
                _writes.Wrote(key, await client.UpdateAsync(next, ct));
        }

        await DeleteAsync(existing, ct);
        return Requeue.Never;
    }

    private static bool IsOurs(EndpointSlice slice) => slice.Metadata.Labels.GetValueOrDefault(ManagedBy) == Me;

    private static ObjectKey KeyOf(EndpointSlice slice) => new(slice.Metadata.Namespace, slice.Metadata.Labels.GetValueOrDefault(ServiceLabel, ""));

    private async Task DeleteAsync(IEnumerable<EndpointSlice> slices, CancellationToken ct)
    {
        foreach (var slice in slices)
            await client.DeleteAsync<EndpointSlice>(ObjectKey.Of(slice), new(Uid: slice.Metadata.Uid), ct);
    }

    private static EndpointSlice SliceOf(Service service, IReadOnlyList<Objects.DiscoveryV1.EndpointPort> ports, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Metadata = new()
        {
            GenerateName = service.Metadata.Name + "-",
            Namespace = service.Metadata.Namespace,
            Labels = LabelsOf(service),
            OwnerReferences = [service.ControllerReference()],
        },
        AddressType = "IPv4",
        Endpoints = endpoints,
        Ports = ports,
    };

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels)
        {
            [ServiceLabel] = service.Metadata.Name,
            [ManagedBy] = Me,
        };
        if (service.Spec.ClusterIP == "None")
            labels[HeadlessLabel] = "";
        return labels;
    }
}
