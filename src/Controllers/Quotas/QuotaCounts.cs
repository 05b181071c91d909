using System.Text.Json;
using KubeSharp.Objects.Quotas;

namespace KubeSharp.Controllers.Quotas;

/// <summary>Counts what the objects of a namespace use of a quota.</summary>
internal sealed class QuotaCounts(IClient client)
{
    private readonly AnyObjects _objects = new(client);

    /// <returns>An amount for every name the quota limits, and what could not be counted: there the last amounts stand.</returns>
    public async Task<(Dictionary<string, Quantity> Used, ApiException? Failure)> CountAsync(ResourceQuota quota, ILister<Pod> pods, DateTimeOffset now, CancellationToken ct)
    {
        var used = quota.Spec.Hard.Keys.ToDictionary(name => name, _ => Quantity.Zero);
        ApiException? failure = null;
        foreach (var type in await TypesAsync(quota, ct))
        {
            try
            {
                foreach (var usage in await UsagesAsync(quota, type, pods, now, ct))
                    Add(used, usage);
            }
            catch (ApiException e)
            {
                // A server behind the API server may be down; that must not stop the counting of everything else.
                failure = e;
                foreach (var name in used.Keys.Where(n => QuotaUsage.Names(type, n)).ToList())
                    used[name] = quota.Status.Used.GetValueOrDefault(name);
            }
        }

        return (used, failure);
    }

    private static void Add(Dictionary<string, Quantity> used, Dictionary<string, Quantity> usage)
    {
        foreach (var (name, amount) in usage)
        {
            if (used.TryGetValue(name, out var sum))
                used[name] = sum + amount;
        }
    }

    private async Task<IEnumerable<Dictionary<string, Quantity>>> UsagesAsync(ResourceQuota quota, ResourceType type, ILister<Pod> pods, DateTimeOffset now, CancellationToken ct)
    {
        var ns = quota.Metadata.Namespace;
        IEnumerable<IObject> objects = (type.Group, type.Plural) switch
        {
            ("", "pods") => pods.List(ns),
            ("", "services") => (await client.ListAsync<Service>(new(ns), ct)).Items,
            ("", "persistentvolumeclaims") => (await client.ListAsync<PersistentVolumeClaim>(new(ns), ct)).Items,
            ("resource.k8s.io", "resourceclaims") => (await client.ListAsync<Objects.ResourceV1.ResourceClaim>(new(ns), ct)).Items,
            _ => [],
        };
        if (objects.Any())
            return objects.Where(o => QuotaScopes.Covers(quota, o)).Select(o => QuotaUsage.Of(type, o, now));

        // Of all others only their number counts, and no scope knows them.
        if (quota.Spec.Scopes.Count > 0 || quota.Spec.ScopeSelector is not null)
            return [];
        var others = await _objects.ListAsync(type, ns, ct);
        var one = QuotaUsage.Of(type, quota, now);
        return others.Items.Select(_ => one);
    }

    /// <summary>The resources of which the quota limits anything.</summary>
    private async Task<List<ResourceType>> TypesAsync(ResourceQuota quota, CancellationToken ct)
    {
        var known = AnyObjects.Deletable.Where(t => QuotaUsage.IsCounted(t) && quota.Spec.Hard.Keys.Any(name => QuotaUsage.Names(t, name))).ToList();
        foreach (var name in quota.Spec.Hard.Keys)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (name.StartsWith("count/", StringComparison.Ordinal) && dot > 0 && !known.Any(t => QuotaUsage.Names(t, name))
                && await DiscoverAsync(name[(dot + 1)..], name["count/".Length..dot], ct) is { } custom)
                known.Add(custom);
        }

        return known;
    }

    /// <summary>A resource this program was not built with: the group's own discovery knows its version.</summary>
    private async Task<ResourceType?> DiscoverAsync(string group, string plural, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis/" + group);
        using var answer = await client.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
            return null;

        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
        var version = document.RootElement.TryGetProperty("preferredVersion", out var preferred) && preferred.TryGetProperty("version", out var v) ? v.GetString() : null;
        return version is null ? null : new(group, version, "", plural, Namespaced: true);
    }
}
