namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>The policies that are bound, compiled, in the order of their names; derived once from each state of the caches.</summary>
internal sealed class PolicyCatalog<TPolicy, TBinding, TCompiled>(IObjects objects, Func<TPolicy, TCompiled> compile, Func<TBinding, string> policyOf)
    where TPolicy : class, IObject<TPolicy>
    where TBinding : class, IObject<TBinding>
{
    private readonly Lock _gate = new();
    private volatile Snapshot _known = new([], [], []);

    /// <summary>Costs two comparisons while nothing changes. Only a policy that changed is compiled anew.</summary>
    public IReadOnlyList<Bound> All()
    {
        var (policies, bindings) = (objects.List<TPolicy>(), objects.List<TBinding>());
        var known = _known;
        if (ReferenceEquals(known.Policies, policies) && ReferenceEquals(known.Bindings, bindings))
            return known.All;

        lock (_gate)
        {
            var compiled = _known.All.ToDictionary(b => b.Policy, b => b.Compiled, (IEqualityComparer<TPolicy>)ReferenceEqualityComparer.Instance);
            var byPolicy = bindings.OrderBy(b => b.Metadata.Name, StringComparer.Ordinal).ToLookup(policyOf);
            List<Bound> all =
            [
                .. policies.Where(p => byPolicy.Contains(p.Metadata.Name)).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)
                    .Select(p => new Bound(p, compiled.TryGetValue(p, out var done) ? done : compile(p), [.. byPolicy[p.Metadata.Name]])),
            ];
            _known = new(policies, bindings, all);
            return all;
        }
    }

    public sealed record Bound(TPolicy Policy, TCompiled Compiled, IReadOnlyList<TBinding> Bindings);

    private sealed record Snapshot(IReadOnlyList<TPolicy> Policies, IReadOnlyList<TBinding> Bindings, IReadOnlyList<Bound> All);
}
