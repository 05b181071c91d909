using KubeSharp.Objects.Quotas;

namespace KubeSharp.ApiServer.Admission.Quota;

/// <summary>Whether the quotas of a namespace let a write through, and what they have left then. Pure; the texts are upstream's.</summary>
internal static class QuotaDecision
{
    /// <returns>The quotas with the write charged, in their order; the same instances where nothing is to be charged.</returns>
    /// <exception cref="ApiException">403.</exception>
    public static IReadOnlyList<ResourceQuota> Charge(IReadOnlyList<ResourceQuota> quotas, AdmissionRequest request, DateTimeOffset now)
    {
        var (type, obj) = (request.Resource.Type, request.Object!);
        var usage = QuotaUsage.Of(type, obj, now);
        var charged = new ResourceQuota[quotas.Count];
        for (var i = 0; i < quotas.Count; i++)
            charged[i] = Charge(quotas[i], request, usage, now);
        return charged;
    }

    private static ResourceQuota Charge(ResourceQuota quota, AdmissionRequest request, Dictionary<string, Quantity> usage, DateTimeOffset now)
    {
        var type = request.Resource.Type;
        var limited = quota.Status.Hard.Keys.Where(name => QuotaUsage.Names(type, name)).Order(StringComparer.Ordinal).ToList();
        if (limited.Count == 0 || !QuotaScopes.Covers(quota, request.Object!))
            return quota;

        if (request.Object is Pod pod && QuotaUsage.Unsaid(pod, limited).ToList() is { Count: > 0 } unsaid)
            throw request.Forbidden($"failed quota: {quota.Metadata.Name}: must specify {string.Join("; ", unsaid.Select(u => $"{u.Name} for: {string.Join(',', u.Containers)}"))}");
        if (!limited.All(quota.Status.Used.ContainsKey))
            throw request.Forbidden($"status unknown for quota: {quota.Metadata.Name}, resources: {string.Join(',', limited)}");

        var wanted = Masked(Delta(quota, request, usage, now), quota.Status.Hard);
        return wanted.Count == 0 ? quota : Charge(quota, request, wanted);
    }

    /// <summary>An update pays for what it adds; what it gives back is for the controller to count, so that a write that fails gives nothing away.</summary>
    private static Dictionary<string, Quantity> Delta(ResourceQuota quota, AdmissionRequest request, Dictionary<string, Quantity> usage, DateTimeOffset now)
    {
        if (request.Verb != AdmissionVerb.Update || request.Old is not { } old || !QuotaScopes.Covers(quota, old))
            return usage;

        var before = QuotaUsage.Of(request.Resource.Type, old, now);
        return usage.ToDictionary(u => u.Key, u => u.Value - before.GetValueOrDefault(u.Key));
    }

    private static Dictionary<string, Quantity> Masked(Dictionary<string, Quantity> delta, IReadOnlyDictionary<string, Quantity> hard) =>
        delta.Where(d => d.Value.Sign > 0 && hard.ContainsKey(d.Key)).ToDictionary();

    private static ResourceQuota Charge(ResourceQuota quota, AdmissionRequest request, Dictionary<string, Quantity> wanted)
    {
        var used = new Dictionary<string, Quantity>(quota.Status.Used);
        var exceeded = new List<string>();
        foreach (var (name, amount) in wanted)
        {
            used[name] = used.GetValueOrDefault(name) + amount;
            if (used[name] > quota.Status.Hard[name])
                exceeded.Add(name);
        }

        if (exceeded.Count == 0)
            return quota with { Status = quota.Status with { Used = used } };

        exceeded.Sort(StringComparer.Ordinal);
        throw request.Forbidden(
            $"exceeded quota: {quota.Metadata.Name}, requested: {Text(wanted)}, used: {Text(quota.Status.Used)}, limited: {Text(quota.Status.Hard)}");

        string Text(IReadOnlyDictionary<string, Quantity> amounts) => string.Join(',', exceeded.Select(name => $"{name}={amounts.GetValueOrDefault(name)}"));
    }
}
