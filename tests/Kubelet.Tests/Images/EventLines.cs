using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Kubelet.Tests.Images;

/// <summary>Keeps what would have become Events.</summary>
internal sealed class EventLines : IEventRecorder
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    /// <summary><c>Type Reason Message</c>, in order.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Record(IObject about, string type, string reason, string message, string fieldPath = "")
    {
        lock (_gate)
            _lines.Add($"{type} {reason} {message}");
    }
}
