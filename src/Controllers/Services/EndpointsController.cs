namespace KubeSharp.Controllers.Services;

/// <summary>Keeps the Endpoints of every Service that selects pods, for the clients that still read them.</summary>
internal sealed class EndpointsController(IClient client) : IController, IReconciler
{
    private const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    private const string Me = "endpoint-controller";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const string Truncated = "endpoints.kubernetes.io/over-capacity";
    private const int Max = 1000;

    private ServiceWatch _watch = null!; // set by Watch, before the loop runs
    private IInformer<Endpoints> _endpoints = null!;

    public string Name => "endpoint-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _watch = new(informers);
        _endpoints = informers.For<Endpoints>();
        _watch.Wake(queue);
        _endpoints.Subscribe((old, now) => queue.Add(ObjectKey.Of((now ?? old)!)));
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var existing = _endpoints.Find(key);
        if (_watch.Find(key) is not { } service)
        {
            if (existing is not null && existing.Metadata.Labels.GetValueOrDefault(ManagedBy) == Me)
                await client.DeleteAsync<Endpoints>(key, new(Uid: existing.Metadata.Uid), ct);
            return Requeue.Never;
        }

        if (service.Spec.Selector.Count == 0 || service.Spec.Type == "ExternalName" || service.Metadata.DeletionTimestamp is not null)
            return Requeue.Never;

        var subsets = Subsets(service);
        var metadata = (existing?.Metadata ?? new() { Name = key.Name, Namespace = key.Namespace }) with
        {
            Labels = LabelsOf(service),
            Annotations = AnnotationsOf(service, existing, subsets),
        };
        var next = (existing ?? Endpoints.Empty) with { Metadata = metadata, Subsets = subsets };
        if (existing is null)
            await client.CreateAsync(next, ct);
        else if (!next.Equals(existing))
            await client.UpdateAsync(next, ct);
        return Requeue.Never;
    }

    private IReadOnlyList<EndpointSubset> Subsets(Service service)
    {
        var left = Max;
        var subsets = new List<EndpointSubset>();
        foreach (var (ports, endpoints) in ServiceEndpoints.Of(service, _watch.PodsOf(service)))
        {
            var current = endpoints.Where(e => e.Conditions.Terminating != true || service.Spec.PublishNotReadyAddresses)
                .OrderBy(e => e.Addresses[0], StringComparer.Ordinal).Take(left).ToList();
            left -= current.Count;
            if (current.Count == 0)
                continue;

            subsets.Add(new()
            {
                Addresses = [.. current.Where(e => e.Conditions.Ready == true).Select(AddressOf)],
                NotReadyAddresses = [.. current.Where(e => e.Conditions.Ready != true).Select(AddressOf)],
                Ports = [.. ports.Select(p => new EndpointPort { Name = p.Name ?? "", Port = p.Port ?? 0, Protocol = p.Protocol ?? "TCP", AppProtocol = p.AppProtocol })],
            });
        }

        return subsets.Count == 0 ? Nil.List<EndpointSubset>() : subsets;
    }

    private static EndpointAddress AddressOf(Objects.DiscoveryV1.Endpoint endpoint) => new()
    {
        Ip = endpoint.Addresses[0],
        Hostname = endpoint.Hostname ?? "",
        NodeName = endpoint.NodeName,
        TargetRef = endpoint.TargetRef,
    };

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels) { [ManagedBy] = Me };
        if (service.Spec.ClusterIP == "None")
            labels[HeadlessLabel] = "";
        return labels;
    }

    private static IReadOnlyDictionary<string, string> AnnotationsOf(Service service, Endpoints? existing, IReadOnlyList<EndpointSubset> subsets)
    {
        var annotations = new Dictionary<string, string>(existing?.Metadata.Annotations ?? service.Metadata.Annotations);
        annotations.Remove("kubectl.kubernetes.io/last-applied-configuration");
        if (subsets.Sum(s => s.Addresses.Count + s.NotReadyAddresses.Count) >= Max)
            annotations[Truncated] = "truncated";
        else
            annotations.Remove(Truncated);
        return annotations.Count == 0 ? Nil.Map<string>() : annotations;
    }
}
