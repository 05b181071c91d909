namespace KubeSharp.Controllers.Accounts;

/// <summary>Publishes the cluster's certificate authority into every namespace, where pods mount it with their token.</summary>
/// <param name="authorityPem">The certificates that clients of the API server trust.</param>
internal sealed class RootCaController(IClient client, string authorityPem) : IController, IReconciler
{
    private const string MapName = "kube-root-ca.crt";
    private const string Key = "ca.crt";
    private const string Description = "kubernetes.io/description";

    private static readonly Dictionary<string, string> Annotations = new()
    {
        [Description] = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. "
            + "No other usage is guaranteed across distributions of Kubernetes clusters.",
    };

    private IInformer<Namespace> _namespaces = null!; // set by Watch, before the loop runs
    private IInformer<ConfigMap> _maps = null!;

    public string Name => "root-ca-certificate-publisher";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _namespaces = informers.For<Namespace>();
        _maps = informers.For<ConfigMap>(new ListQuery(FieldSelector: $"metadata.name={MapName}"));
        _namespaces.Subscribe((_, now) =>
        {
            if (now is not null)
                queue.Add(ObjectKey.Of(now));
        });
        _maps.Subscribe((old, now) => queue.Add(new("", (now ?? old)!.Metadata.Namespace)));
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_namespaces.Find(key) is not { Metadata.DeletionTimestamp: null })
            return Requeue.Never;

        var existing = _maps.Find(new(key.Name, MapName));
        var data = new Dictionary<string, string> { [Key] = authorityPem };
        try
        {
            if (existing is null)
                await client.CreateAsync(new ConfigMap { Metadata = new() { Name = MapName, Namespace = key.Name, Annotations = Annotations }, Data = data }, ct);
            else if (existing.Data.Count != 1 || existing.Data.GetValueOrDefault(Key) != authorityPem || existing.BinaryData.Count > 0)
                await client.UpdateAsync(existing with { Data = data, BinaryData = Nil.Map<ReadOnlyMemory<byte>>() }, ct);
        }
        catch (ApiException e) when (e.IsAlreadyExists || e.IsNamespaceTerminating || e.IsNotFound)
        {
            // somebody was faster, or it is no longer wanted
        }

        return Requeue.Never;
    }
}
