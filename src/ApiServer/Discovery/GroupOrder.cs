using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.ApiregistrationV1;

namespace KubeSharp.ApiServer.Discovery;

/// <summary>The groups and versions that are served, by this server or by others, in upstream's order: by the priorities of their APIServices. Pure.</summary>
internal sealed class GroupOrder
{
    private readonly List<Entry> _entries;

    /// <param name="services">An APIService that is missing for something of the server's own does not hide it.</param>
    public GroupOrder(IReadOnlyList<ServedResource> own, IReadOnlyList<APIService> services)
    {
        var bySpec = services.Where(s => s.Spec.Group != RemoteApis.OwnGroup).DistinctBy(s => (s.Spec.Group, s.Spec.Version)).ToDictionary(s => (s.Spec.Group, s.Spec.Version));
        var remote = bySpec.Where(s => s.Value.Spec.Service is not null).Select(s => s.Key);
        _entries = [.. own.Select(r => (r.Type.Group, r.Type.Version)).Concat(remote).Distinct().Select(v => bySpec.TryGetValue(v, out var service)
            ? new Entry(v.Group, v.Version, new(service.Spec.GroupPriorityMinimum, service.Spec.VersionPriority), service.Spec.Service is not null)
            : new Entry(v.Group, v.Version, Priorities.Of(v.Group, v.Version), IsRemote: false))];
    }

    private sealed record Entry(string Group, string Version, Priority Priority, bool IsRemote);

    public bool IsRemote(string group, string version) => _entries.Exists(e => e.IsRemote && e.Group == group && e.Version == version);

    /// <summary>For <c>/apis</c>: of equal groups the one whose first APIService comes first by name, which begins with the version.</summary>
    public IReadOnlyList<ServedGroup> Plain() => Grouped(_entries
        .OrderByDescending(e => e.Priority.Group).ThenBy(e => $"{e.Version}.{e.Group}", StringComparer.Ordinal));

    /// <summary>For the aggregated document: equal groups by name.</summary>
    public IReadOnlyList<ServedGroup> Aggregated() => Grouped(_entries
        .OrderByDescending(e => e.Priority.Group).ThenBy(e => e.Group, StringComparer.Ordinal));

    private static IReadOnlyList<ServedGroup> Grouped(IEnumerable<Entry> entries) => [.. entries.GroupBy(e => e.Group).Select(g => new ServedGroup(
        g.Key, [.. g.OrderByDescending(e => e.Priority.Version).ThenBy(e => e.Version, VersionOrder.Comparer).Select(e => e.Version)]))];
}
