using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Controllers.Accounts;

/// <summary>Fills roles that are defined as the union of others (<c>aggregationRule</c>): admin, edit, view.</summary>
internal sealed class ClusterRoleAggregationController(IClient client) : IController, IReconciler
{
    private IInformer<ClusterRole> _roles = null!; // set by Watch, before the loop runs

    public string Name => "clusterrole-aggregation-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _roles = informers.For<ClusterRole>();
        _roles.Subscribe((_, _) =>
        {
            foreach (var role in _roles.List().Where(r => r.AggregationRule is not null))
                queue.Add(ObjectKey.Of(role));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_roles.Find(key) is not { AggregationRule: { } aggregation } role)
            return Requeue.Never;

        var selectors = aggregation.ClusterRoleSelectors.Select(Selector.Of).ToList();
        var rules = new List<PolicyRule>();
        foreach (var part in _roles.List().OrderBy(r => r.Metadata.Name, StringComparer.Ordinal))
        {
            if (part.Metadata.Name != key.Name && selectors.Any(s => s.Matches(part.Metadata.Labels)))
                rules.AddRange(part.Rules.Where(r => !rules.Contains(r)));
        }

        if (!rules.SequenceEqual(role.Rules))
            await client.UpdateAsync(role with { Rules = rules }, ct);
        return Requeue.Never;
    }
}
