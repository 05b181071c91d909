namespace KubeSharp.Kubelet.Cri;

/// <summary>Commands in containers, and the addresses of the runtime's own streaming server.</summary>
/// <remarks>Errors as in <see cref="IRuntime"/>. An address is good for one connection, soon.</remarks>
internal interface IRuntimeStreams
{
    /// <summary>Runs a command to its end; its exit code is an answer, not an error.</summary>
    /// <param name="timeout">Zero: none. When it runs out the error's kind is <see cref="RuntimeErrorKind.DeadlineExceeded"/>.</param>
    Task<ExecSyncResponse> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct);

    Task<Uri> ExecAsync(ExecRequest request, CancellationToken ct);

    Task<Uri> AttachAsync(AttachRequest request, CancellationToken ct);

    Task<Uri> PortForwardAsync(PortForwardRequest request, CancellationToken ct);
}
