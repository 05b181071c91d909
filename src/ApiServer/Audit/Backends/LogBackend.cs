using KubeSharp.ApiServer.Metrics;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Writes each event as a line.</summary>
internal sealed partial class LogBackend(ILogOutput output, string format, ILogger<LogBackend> log) : IAuditBackend
{
    public const string Name = "log";

    private readonly Outage _outage = new();

    public ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        var isKept = true;
        foreach (var e in events)
            isKept &= Write(e);
        return new(isKept);
    }

    public Task RunAsync(CancellationToken ct) => output.RunAsync(ct);

    private bool Write(AuditEntry e)
    {
        try
        {
            output.Write(Line(e));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            AuditMetrics.Failed(Name, 1);
            if (_outage.Fails(1))
                CannotWrite(fault, output.Name);
            return false;
        }

        if (_outage.Ends() is { } lost)
            WritesAgain(output.Name, lost);
        return true;
    }

    /// <summary>One piece, so that no line is torn by another.</summary>
    private byte[] Line(AuditEntry e) => format == "legacy" ? System.Text.Encoding.UTF8.GetBytes(EventText.Of(e.Event) + "\n") : [.. e.Json.Span, (byte)'\n'];

    [LoggerMessage(1, LogLevel.Error, "The audit log {Name} cannot be written; events are lost until it can")]
    private partial void CannotWrite(Exception e, string name);

    [LoggerMessage(2, LogLevel.Warning, "The audit log {Name} is written again; {Lost} events are lost")]
    private partial void WritesAgain(string name, long lost);
}
