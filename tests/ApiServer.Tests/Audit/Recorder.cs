using System.Text;
using System.Threading.Channels;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Audit.Backends;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>Keeps events for a test to look at; refuses them when told to.</summary>
internal sealed class Recorder : IAuditBackend
{
    private readonly Channel<AuditEvent> _events = Channel.CreateBounded<AuditEvent>(1000);

    public bool Refuses { get; set; }

    public ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        if (!Refuses)
            Assert.All(events, e => Assert.True(_events.Writer.TryWrite(e.Event)));
        return new(!Refuses);
    }

    public Task RunAsync(CancellationToken ct) => Task.CompletedTask;

    public async Task<AuditEvent> NextAsync() => await _events.Reader.ReadAsync(TestServer.Ct);

    /// <summary>Reads until a request's last event.</summary>
    public async Task<AuditEvent> CompleteAsync(string verb)
    {
        while (true)
        {
            if (await NextAsync() is { Stage: AuditStages.ResponseComplete } e && e.Verb == verb)
                return e;
        }
    }

    public bool IsEmpty => !_events.Reader.TryPeek(out _);

    public static string Text(AuditEvent e) => Encoding.UTF8.GetString(new AuditEntry(e).Json.Span);

    public Auditor Auditor(string policy, TimeProvider clock) => new(AuditPolicy.Parse(Encoding.UTF8.GetBytes(policy)), this, clock);

    public Func<TimeProvider, Auditor> All(string level, string more = "") =>
        clock => Auditor($"{{\"apiVersion\":\"audit.k8s.io/v1\",\"kind\":\"Policy\",{more}\"rules\":[{{\"level\":\"{level}\"}}]}}", clock);
}
