using KubeSharp.ApiServer.Audit;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>Events to keep.</summary>
internal static class Events
{
    public static DateTimeOffset Time { get; } = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static AuditEntry Of(string id, int size = 0) => new(new AuditEvent
    {
        Level = AuditLevel.Request,
        AuditId = id,
        Stage = AuditStages.ResponseComplete,
        RequestUri = "/api/v1/nodes?a=\"b\"",
        Verb = "list",
        User = new("jane\n", ["a", "b"]),
        SourceIps = ["::1"],
        UserAgent = "kubectl/v1",
        ResponseStatus = new() { Code = 200 },
        RequestObject = size == 0 ? default : System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', size)}\""),
        RequestReceived = Time,
        Reached = Time,
    });
}
