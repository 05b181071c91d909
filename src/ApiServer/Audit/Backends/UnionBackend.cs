namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Hands events to several backends; one that fails does not keep them from the others.</summary>
internal sealed class UnionBackend(IReadOnlyList<IAuditBackend> backends) : IAuditBackend
{
    public async ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        var isKept = true;
        foreach (var backend in backends)
            isKept &= await backend.TakeAsync(events, stopping);
        return isKept;
    }

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(backends.Select(b => b.RunAsync(ct)));
}
