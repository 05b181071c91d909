using System.Collections.Frozen;
using KubeSharp.Objects.ApiregistrationV1;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>The APIServices as they are now. Derived anew when one of them changed, by the first who asks.</summary>
internal sealed class RemoteApis(IObjects objects)
{
    /// <summary>The one group that must stay with this server: with it everything else can be mended.</summary>
    public const string OwnGroup = "apiregistration.k8s.io";

    private Table? _table;

    private sealed class Table(IReadOnlyList<APIService> services)
    {
        public IReadOnlyList<APIService> Services => services;

        public FrozenDictionary<(string Group, string Version), RemoteApi> Remote { get; } = services
            .Where(s => s.Spec.Service is not null && s.Spec.Group != OwnGroup)
            .Select(s => new RemoteApi(s))
            .DistinctBy(a => (a.Group, a.Version))
            .ToFrozenDictionary(a => (a.Group, a.Version));
    }

    /// <summary>All of them; the same list until something changes.</summary>
    public IReadOnlyList<APIService> Services => Current().Services;

    public IReadOnlyList<RemoteApi> All => Current().Remote.Values;

    public RemoteApi? Find(string group, string version)
    {
        var remote = Current().Remote;
        return remote.Count == 0 ? null : remote.GetValueOrDefault((group, version));
    }

    /// <summary>Whose path this is, if another server's.</summary>
    public RemoteApi? OfPath(string path)
    {
        var remote = Current().Remote;
        if (remote.Count == 0 || !path.StartsWith("/api", StringComparison.Ordinal))
            return null;

        return path.Trim('/').Split('/', 4) switch
        {
            ["apis", var group, var version, ..] => remote.GetValueOrDefault((group, version)),
            ["api", ..] => remote.GetValueOrDefault(("", "v1")), // the group without a name goes as a whole
            _ => null,
        };
    }

    private Table Current()
    {
        var services = objects.List<APIService>();
        var known = Volatile.Read(ref _table);
        if (ReferenceEquals(known?.Services, services))
            return known;

        var made = new Table(services);
        Volatile.Write(ref _table, made);
        return made;
    }
}
