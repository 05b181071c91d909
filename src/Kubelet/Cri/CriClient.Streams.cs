namespace KubeSharp.Kubelet.Cri;

internal sealed partial class CriClient
{
    public Task<ExecSyncResponse> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        var request = new ExecSyncRequest { ContainerId = containerId, Timeout = (long)Math.Ceiling(timeout.TotalSeconds), Cmd = { command } };

        // The runtime ends the command at its timeout; ours, a little later, is for a runtime that does not answer.
        var deadline = timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout + Usual;
        return CallAsync(o => _runtime.ExecSyncAsync(request, o), deadline, ct);
    }

    public async Task<Uri> ExecAsync(ExecRequest request, CancellationToken ct) =>
        new((await CallAsync(o => _runtime.ExecAsync(request, o), ct)).Url);

    public async Task<Uri> AttachAsync(AttachRequest request, CancellationToken ct) =>
        new((await CallAsync(o => _runtime.AttachAsync(request, o), ct)).Url);

    public async Task<Uri> PortForwardAsync(PortForwardRequest request, CancellationToken ct) =>
        new((await CallAsync(o => _runtime.PortForwardAsync(request, o), ct)).Url);
}
