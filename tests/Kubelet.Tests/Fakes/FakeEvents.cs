using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>Remembers events as <c>TYPE REASON MESSAGE [FIELD PATH]</c>.</summary>
internal sealed class FakeEvents : IEventRecorder
{
    private readonly Lock _gate = new();
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    public void Record(IObject about, string type, string reason, string message, string fieldPath = "")
    {
        lock (_gate)
            _all.Add(fieldPath.Length > 0 ? $"{type} {reason} {message} [{fieldPath}]" : $"{type} {reason} {message}");
    }
}
