namespace KubeSharp.Controllers.Accounts;

/// <summary>Every namespace has a ServiceAccount "default".</summary>
internal sealed class ServiceAccountController(IClient client) : IController, IReconciler
{
    private const string Account = "default";
    private IInformer<Namespace> _namespaces = null!; // set by Watch, before the loop runs
    private IInformer<ServiceAccount> _accounts = null!;

    public string Name => "service-account-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _namespaces = informers.For<Namespace>();
        _accounts = informers.For<ServiceAccount>();
        _namespaces.Subscribe((_, now) =>
        {
            if (now is not null)
                queue.Add(ObjectKey.Of(now));
        });
        _accounts.Subscribe((old, now) =>
        {
            if (now is null && old!.Metadata.Name == Account)
                queue.Add(new("", old.Metadata.Namespace));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_namespaces.Find(key) is not { Metadata.DeletionTimestamp: null } || _accounts.Find(new(key.Name, Account)) is not null)
            return Requeue.Never;

        try
        {
            await client.CreateAsync(new ServiceAccount { Metadata = new() { Name = Account, Namespace = key.Name } }, ct);
        }
        catch (ApiException e) when (e.IsAlreadyExists || e.IsNamespaceTerminating || e.IsNotFound)
        {
            // somebody was faster, or it is no longer wanted
        }

        return Requeue.Never;
    }
}
