using KubeSharp.Objects.DiscoveryV1;
using EndpointPort = KubeSharp.Objects.DiscoveryV1.EndpointPort;

namespace KubeSharp.Controllers.Services;

/// <summary>
/// Which endpoints are in which slice. An endpoint stays where it is as long as it lives: proxies see small changes, and none is missing
/// for a moment while it moves. Pure.
/// </summary>
internal sealed record SlicePlan(
    IReadOnlyList<(EndpointSlice Slice, IReadOnlyList<EndpointPort> Ports, IReadOnlyList<Endpoint> Endpoints)> Kept,
    IReadOnlyList<(IReadOnlyList<EndpointPort> Ports, IReadOnlyList<Endpoint> Endpoints)> New,
    IReadOnlyList<EndpointSlice> Dropped)
{
    /// <summary>kube-controller-manager's <c>--max-endpoints-per-slice</c>.</summary>
    private const int PerSlice = 100;

    public static SlicePlan Of(
        IReadOnlyList<(IReadOnlyList<EndpointPort> Ports, IReadOnlyList<Endpoint> Endpoints)> wanted, IReadOnlyList<EndpointSlice> existing)
    {
        var (kept, created) = (new List<(EndpointSlice, IReadOnlyList<EndpointPort>, IReadOnlyList<Endpoint>)>(), new List<(IReadOnlyList<EndpointPort>, IReadOnlyList<Endpoint>)>());
        var left = existing.ToList();
        foreach (var (ports, endpoints) in wanted)
        {
            var slices = left.Where(s => s.Ports.SequenceEqual(ports)).ToList();
            left.RemoveAll(slices.Contains);
            var missing = endpoints.ToDictionary(Identity);
            var contents = slices.ConvertAll(s => (Slice: s, Endpoints: Current(s, missing)));

            // New ones go into slices that change anyway, then into the fullest.
            foreach (var (slice, content) in contents.Where(c => c.Endpoints.Count > 0).OrderBy(c => c.Endpoints.SequenceEqual(c.Slice.Endpoints)).ThenByDescending(c => c.Endpoints.Count))
                Fill(content, missing);
            foreach (var (slice, content) in contents)
            {
                if (content.Count > 0)
                    kept.Add((slice, ports, content));
                else
                    left.Add(slice);
            }

            created.AddRange(missing.Values.Chunk(PerSlice).Select(c => (ports, (IReadOnlyList<Endpoint>)c)));
        }

        // A Service without endpoints has one empty slice: that says that somebody looked.
        if (kept.Count == 0 && created.Count == 0)
            created.Add((Nil.List<EndpointPort>(), Nil.List<Endpoint>()));

        // What would go serves for what would come: a change in place, without a moment that has neither.
        var reused = Math.Min(created.Count, left.Count);
        kept.AddRange(left.Take(reused).Zip(created, (slice, c) => (slice, c.Item1, c.Item2)));
        return new(kept, [.. created.Skip(reused)], [.. left.Skip(reused)]);
    }

    /// <summary>What of a slice still lives, as it is now; it is taken out of what is missing.</summary>
    private static List<Endpoint> Current(EndpointSlice slice, Dictionary<(string, string), Endpoint> missing)
    {
        var current = new List<Endpoint>();
        foreach (var endpoint in slice.Endpoints)
        {
            if (missing.Remove(Identity(endpoint), out var now))
                current.Add(now);
        }

        return current;
    }

    private static void Fill(List<Endpoint> content, Dictionary<(string, string), Endpoint> missing)
    {
        foreach (var (key, endpoint) in missing.Take(Math.Max(0, PerSlice - content.Count)).ToList())
        {
            content.Add(endpoint);
            missing.Remove(key);
        }
    }

    private static (string Uid, string Address) Identity(Endpoint endpoint) => (endpoint.TargetRef?.Uid ?? "", endpoint.Addresses.FirstOrDefault(""));
}
