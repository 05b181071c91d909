using System.Buffers;
using System.Net.Http.Headers;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Streams;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Posts events as an EventList to a server; whatever goes wrong is tried again a few times.</summary>
/// <param name="client">Without a time limit of its own.</param>
internal sealed partial class WebhookBackend(Uri server, HttpClient client, TimeSpan initialBackoff, TimeProvider clock, Random random, ILogger<WebhookBackend> log) : IAuditBackend
{
    public const string Name = "webhook";

    private const int Tries = 5;
    private const double Growth = 1.5;
    private const double Jitter = 0.2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping server waits for a try that is under way.</summary>
    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(5);

    private readonly Outage _outage = new();

    public async ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        var body = Body(events);
        var pause = initialBackoff;
        for (var attempt = 1; ; attempt++)
        {
            var fault = await SendAsync(body, stopping);
            if (fault is null)
            {
                if (_outage.Ends() is { } lost)
                    AnswersAgain(server, lost);
                return true;
            }

            if (attempt == Tries || !await WaitAsync(pause, stopping))
            {
                AuditMetrics.Failed(Name, events.Count);
                if (_outage.Fails(events.Count))
                    CannotSend(server, events.Count, fault);
                return false;
            }

            pause *= Growth;
        }
    }

    public Task RunAsync(CancellationToken ct) => Forever.UntilAsync(ct);

    /// <returns>Null if it is there; else why not.</returns>
    private async Task<string?> SendAsync(ReadOnlyMemory<byte> body, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        await using var last = stopping.Register(() => limit.CancelAfter(LastLimit));
        try
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, server) { Content = new ReadOnlyMemoryContent(body) };
            post.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            post.Headers.Accept.Add(new("application/json"));
            post.Headers.Accept.Add(new("*/*"));
            post.Headers.UserAgent.ParseAdd("kube-apiserver-audit");
            using var answer = await client.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.IsSuccessStatusCode ? null : $"the server answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException)
        {
            return "the server did not answer in time";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return DialErrors.Cause(e);
        }
    }

    /// <returns>False: the server stops.</returns>
    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken stopping)
    {
        double chance;
        lock (random)
            chance = random.NextDouble();
        try
        {
            await Task.Delay(pause * (1 + (Jitter * chance)), clock, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Body(IReadOnlyList<AuditEntry> events)
    {
        var output = new ArrayBufferWriter<byte>(128 + events.Sum(e => e.Json.Length));
        output.Write("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            events[i].WriteItem(output);
        }

        output.Write("]}\n"u8);
        return output.WrittenMemory;
    }

    [LoggerMessage(1, LogLevel.Error, "The audit's server {Server} does not take events: {Why}; {Count} are lost, as are all until it does")]
    private partial void CannotSend(Uri server, int count, string why);

    [LoggerMessage(2, LogLevel.Warning, "The audit's server {Server} takes events again; {Lost} are lost")]
    private partial void AnswersAgain(Uri server, long lost);
}
