using KubeSharp.Client.Events;
using KubeSharp.Client.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class EventTests
{
    private static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Pod Web = new() { Kind = "Pod", ApiVersion = "v1", Metadata = new() { Namespace = "ns", Name = "web", Uid = "u1", ResourceVersion = "7" } };

    private readonly FakeTimeProvider _clock = new(Noon);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeat_is_counted_on_the_event_already_written()
    {
        var requests = await WrittenAsync(_ => ScriptedServer.Json("{}"), count: 2, r =>
        {
            r.Record(Web, "Warning", "BackOff", "say \"no\"", "spec.containers{c}");
            r.Record(Web, "Warning", "BackOff", "say \"no\"", "spec.containers{c}");
        });

        Assert.Equal("POST /api/v1/namespaces/ns/events", $"{requests[0].Method} {requests[0].Path}");
        var written = Json.Decode<Event>(System.Text.Encoding.UTF8.GetBytes(requests[0].Body));
        Assert.Equal("web." + (Noon.ToUnixTimeMilliseconds() * 1_000_000).ToString("x", System.Globalization.CultureInfo.InvariantCulture), written.Metadata.Name);
        Assert.Equal(("Pod", "u1", "7", "spec.containers{c}"), (written.InvolvedObject.Kind, written.InvolvedObject.Uid, written.InvolvedObject.ResourceVersion, written.InvolvedObject.FieldPath));
        Assert.Equal(("kubelet", "n1", "kubelet", 1), (written.Source.Component, written.Source.Host, written.ReportingComponent, written.Count));
        Assert.Equal(("PATCH", $"/api/v1/namespaces/ns/events/{written.Metadata.Name}"), (requests[1].Method, requests[1].Path));
        Assert.Equal("""{"count":2,"lastTimestamp":"2025-06-01T12:00:00Z","message":"say \u0022no\u0022"}""", requests[1].Body);
    }

    [Fact]
    public async Task Two_events_of_one_moment_have_names_of_their_own_and_a_taken_name_is_left_to_its_owner()
    {
        var taken = "web." + (Noon.ToUnixTimeMilliseconds() * 1_000_000).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        var requests = await WrittenAsync(
            r => r.Method == "POST" && r.Body.Contains(taken, StringComparison.Ordinal) ? ScriptedServer.Refuse(ApiException.AlreadyExists("", "events", taken)) : ScriptedServer.Json("{}"),
            count: 4,
            r =>
            {
                r.Record(Web, "Normal", "First", "1");
                r.Record(Web, "Normal", "Second", "2");
                r.Record(Web, "Normal", "First", "1");
            });

        var posted = requests.Where(r => r.Method == "POST").Select(r => Json.Decode<Event>(System.Text.Encoding.UTF8.GetBytes(r.Body))).ToList();
        Assert.Equal(3, posted.Select(e => e.Metadata.Name).Distinct().Count());
        var kept = Assert.Single(posted, e => e.Reason == "First" && e.Metadata.Name != taken);
        // The repeat counts on ours, not on the stranger's.
        Assert.Equal($"/api/v1/namespaces/ns/events/{kept.Metadata.Name}", Assert.Single(requests, r => r.Method == "PATCH").Path);
    }

    [Fact]
    public async Task A_repeat_of_an_event_that_has_expired_is_written_anew()
    {
        var requests = await WrittenAsync(
            r => r.Method == "PATCH" ? ScriptedServer.Refuse(ApiException.NotFound("", "events", "x")) : ScriptedServer.Json("{}"),
            count: 3,
            r =>
            {
                r.Record(Web, "Normal", "Pulled", "done");
                r.Record(Web, "Normal", "Pulled", "done");
            });

        Assert.Equal(["POST", "PATCH", "POST"], requests.Select(r => r.Method));
        Assert.Contains("\"count\":2", requests[2].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_is_tried_again_while_the_server_is_away_and_given_up_when_refused()
    {
        var firsts = 0;
        var requests = await WrittenAsync(
            r => r.Body.Contains("First", StringComparison.Ordinal) ? Interlocked.Increment(ref firsts) == 1 ? throw new HttpRequestException("away") : ScriptedServer.Json("{}")
                : ScriptedServer.Refuse(ApiException.Forbidden("", "events", "", "no")),
            count: 4,
            r =>
            {
                r.Record(Web, "Normal", "First", "1");
                r.Record(Web, "Normal", "Second", "2");
                r.Record(new Node { Kind = "Node", Metadata = new() { Name = "n1" } }, "Normal", "Third", "3");
            });

        Assert.Equal(["First", "First", "Second", "Third"], requests.Select(r => Json.Decode<Event>(System.Text.Encoding.UTF8.GetBytes(r.Body)).Reason).Order());
        Assert.Single(requests, r => r.Path == "/api/v1/namespaces/default/events");
    }

    [Fact]
    public void A_noisy_subject_gets_25_events_and_then_one_in_five_minutes()
    {
        var correlator = new EventCorrelator(_clock);
        var written = Enumerable.Range(0, 100).Count(_ => correlator.Correlate(Event("Noise", "same")) is not null);
        Assert.Equal(25, written);

        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(101, correlator.Correlate(Event("Noise", "same"))?.Count);
        Assert.Null(correlator.Correlate(Event("Noise", "same")));
    }

    [Fact]
    public void Many_messages_of_one_sort_become_one_event()
    {
        var correlator = new EventCorrelator(_clock);
        var events = Enumerable.Range(0, 12).Select(i => correlator.Correlate(Event("Failed", $"attempt {i}"))).ToList();

        Assert.Equal("attempt 8", events[8]?.Message);
        Assert.Equal("(combined from similar events): attempt 9", events[9]?.Message);
        Assert.Equal((3, "(combined from similar events): attempt 11"), (events[11]?.Count, events[11]?.Message));
        Assert.Equal(events[9]?.Metadata.Name, events[11]?.Metadata.Name);
    }

    private static Event Event(string reason, string message) => new()
    {
        Metadata = new() { Namespace = "ns", Name = $"web.{message.Length}{message[^1]}" },
        InvolvedObject = new() { Kind = "Pod", Namespace = "ns", Name = "web", Uid = "u1" },
        Type = "Normal",
        Reason = reason,
        Message = message,
        Count = 1,
    };

    private async Task<IReadOnlyList<SentRequest>> WrittenAsync(Func<SentRequest, HttpResponseMessage> answer, int count, Action<IEventRecorder> record)
    {
        var server = new ScriptedServer(answer);
        var client = new ApiClient(new HttpMessageInvoker(server), new("https://server"), "tests", _clock, new Random(1));
        var recorder = new EventRecorder(client, "kubelet", "n1", _clock, new Random(1), NullLogger<EventRecorder>.Instance);
        record(recorder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = recorder.RunAsync(stop.Token);
        await _clock.RunUntilAsync(() => server.Requests.Count == count, TimeSpan.FromSeconds(1), Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return server.Requests;
    }
}
