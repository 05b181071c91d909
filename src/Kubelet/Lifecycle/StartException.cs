namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>A container that could not be started now; it waits with this reason and message.</summary>
/// <param name="reason"><c>CreateContainerError</c>, <c>ErrImagePull</c> …</param>
internal sealed class StartException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
