namespace KubeSharp.Kubelet.Logs;

/// <summary>Which part of a container's log is wanted (PodLogOptions).</summary>
/// <param name="TailLines">Only so many lines from the end, as the runtime wrote them; <see langword="null"/>: all.</param>
/// <param name="Since">Nothing older.</param>
/// <param name="LimitBytes">Stop after so many bytes; <see langword="null"/>: no limit.</param>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c>, or empty for both.</param>
internal sealed record LogOptions(
    long? TailLines = null, DateTimeOffset? Since = null, bool Timestamps = false, long? LimitBytes = null, bool Follow = false, string Stream = "");
