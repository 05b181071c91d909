using System.Collections.Concurrent;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>How many watches there are of what: who is told of a write.</summary>
internal sealed class WatchCounts
{
    private readonly ConcurrentDictionary<Watched, int> _counts = new();

    public Watched Add(RequestInfo info)
    {
        var watched = new Watched(info.Group, info.Resource, info.Namespace, info.Name);
        _counts.AddOrUpdate(watched, 1, static (_, n) => n + 1);
        return watched;
    }

    public void Remove(Watched watched)
    {
        if (_counts.AddOrUpdate(watched, 0, static (_, n) => n - 1) == 0)
            _counts.TryRemove(new(watched, 0));
    }

    /// <summary>The watches that a write is shown to: of all objects, of the namespace's, of the one.</summary>
    public int Interested(RequestInfo info)
    {
        if (_counts.IsEmpty)
            return 0;

        var all = Of("", "");
        if (info.Namespace.Length > 0)
            all += Of(info.Namespace, "");
        if (info.Name.Length > 0)
            all += Of(info.Namespace, info.Name);
        return all;

        int Of(string ns, string name) => _counts.GetValueOrDefault(new(info.Group, info.Resource, ns, name));
    }
}

internal readonly record struct Watched(string Group, string Resource, string Namespace, string Name);
