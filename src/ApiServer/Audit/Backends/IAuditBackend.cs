namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Keeps events, or hands them to another that does. Thread-safe.</summary>
internal interface IAuditBackend
{
    /// <summary>Never throws: what cannot be kept is counted and said where it is found.</summary>
    /// <param name="stopping">Ends when the server stops: what can be tried again is not from then on.</param>
    /// <returns>Whether all are kept, or will be as far as one can tell.</returns>
    ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping);

    /// <summary>Does what is done beside the requests, until cancelled; completes when all that was taken is kept or lost.</summary>
    Task RunAsync(CancellationToken ct);
}
