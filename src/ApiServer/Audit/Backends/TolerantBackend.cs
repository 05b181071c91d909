namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Waits for another backend and does not mind if it fails (mode <c>blocking</c>).</summary>
internal sealed class TolerantBackend(IAuditBackend inner) : IAuditBackend
{
    public async ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        await inner.TakeAsync(events, stopping);
        return true;
    }

    public Task RunAsync(CancellationToken ct) => inner.RunAsync(ct);
}
