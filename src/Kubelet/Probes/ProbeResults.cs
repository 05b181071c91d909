using System.Collections.Concurrent;

namespace KubeSharp.Kubelet.Probes;

/// <summary>The verdicts of the probes, by container id: a new life of a container starts without any.</summary>
internal sealed class ProbeResults
{
    private readonly ConcurrentDictionary<(string ContainerId, ProbeKind Kind), bool> _verdicts = new();

    /// <summary>Null while nothing is known.</summary>
    public bool? Verdict(string containerId, ProbeKind kind) => _verdicts.TryGetValue((containerId, kind), out var v) ? v : null;

    /// <returns>Whether that is news.</returns>
    public bool Set(string containerId, ProbeKind kind, bool verdict)
    {
        var before = Verdict(containerId, kind);
        _verdicts[(containerId, kind)] = verdict;
        return before != verdict;
    }

    public void Forget(string containerId)
    {
        foreach (var kind in Enum.GetValues<ProbeKind>())
            _verdicts.TryRemove((containerId, kind), out _);
    }
}
