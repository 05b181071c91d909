using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Events;

/// <inheritdoc cref="IEventRecorder"/>
/// <param name="component">Who reports: <c>default-scheduler</c>, <c>kubelet</c>.</param>
/// <param name="host">The node the component stands for; empty for those of the control plane.</param>
/// <param name="random">Must be safe to share, as <see cref="Random.Shared"/> is.</param>
public sealed partial class EventRecorder(
    IClient client, string component, string host, TimeProvider clock, Random random, ILogger<EventRecorder> log) : IEventRecorder
{
    private const int MostTries = 12;

    /// <summary>How many renamed events a lane remembers.</summary>
    private const int MostRenamed = 256;

    /// <summary>Events on their way at once.</summary>
    private const int Lanes = 8;

    /// <summary>client-go waits 10 s between tries, the first time a random part of that.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // Drops the oldest: when the server is away for long, what happened last matters most, and nobody may wait for events.
    private readonly Channel<Event> _queue = Channel.CreateBounded<Event>(
        new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private long _lastName;

    public void Record(IObject about, string type, string reason, string message, string fieldPath = "")
    {
        var now = clock.GetUtcNow();
        _queue.Writer.TryWrite(new()
        {
            Metadata = new()
            {
                Name = Name(about.Metadata.Name, NextName(now)),
                Namespace = about.Metadata.Namespace.Length > 0 ? about.Metadata.Namespace : "default",
            },
            InvolvedObject = about.Reference() with { FieldPath = fieldPath },
            Type = type,
            Reason = reason,
            Message = message,
            Source = new() { Component = component, Host = host },
            ReportingComponent = component,
            ReportingInstance = host,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
        });
    }

    /// <summary>Writes what is recorded, until cancelled.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        // Waits when full: what piles up then is dropped at the front. An event and its repeats take the same lane, so they stay in order.
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<Event>(new BoundedChannelOptions(16) { SingleReader = true })).ToArray();
        return Task.WhenAll([CorrelateAsync(lanes, ct), .. lanes.Select(l => WriteAllAsync(l.Reader, ct))]);
    }

    private async Task CorrelateAsync(Channel<Event>[] lanes, CancellationToken ct)
    {
        var correlator = new EventCorrelator(clock);
        await foreach (var recorded in _queue.Reader.ReadAllAsync(ct))
        {
            if (correlator.Correlate(recorded) is { } e)
                await lanes[(uint)ObjectKey.Of(e).GetHashCode() % Lanes].Writer.WriteAsync(e, ct);
        }
    }

    private async Task WriteAllAsync(ChannelReader<Event> lane, CancellationToken ct)
    {
        // Repeats come under the first one's own name, whichever it got in the end.
        var names = new RecentlyUsed<ObjectKey, string>(MostRenamed);
        await foreach (var e in lane.ReadAllAsync(ct))
        {
            var key = ObjectKey.Of(e);
            var named = names.TryGet(key, out var name) ? WithName(e, name) : e;
            var written = await WriteAsync(named, ct);
            if (written.Name != named.Metadata.Name)
                names.Put(key, written.Name);
        }
    }

    /// <returns>Where it was written, or tried last.</returns>
    private async Task<ObjectKey> WriteAsync(Event e, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await WriteOnceAsync(e, ct);
                return ObjectKey.Of(e);
            }
            catch (ApiException taken) when (taken.IsAlreadyExists && e.Count == 1 && tries < MostTries)
            {
                // Somebody else's, of the same moment.
                e = WithName(e, Name(e.InvolvedObject.Name, NextName(clock.GetUtcNow())));
            }
            catch (ApiException refused) when (refused.Code is not (429 or >= 500))
            {
                // A namespace that is going takes no events; that is not worth a warning.
                if (!refused.IsNamespaceTerminating && !refused.IsNotFound && !refused.IsAlreadyExists)
                    EventRefused(e.InvolvedObject.Kind, ObjectKey.Of(e), e.Reason, refused.Message);
                return ObjectKey.Of(e);
            }
            catch (Exception failed) when (failed is ApiException or HttpRequestException or IOException)
            {
                if (tries == MostTries)
                {
                    EventRefused(e.InvolvedObject.Kind, ObjectKey.Of(e), e.Reason, failed.Message);
                    return ObjectKey.Of(e);
                }

                await Task.Delay(tries == 1 ? Pause * random.NextDouble() : Pause, clock, ct);
            }
        }
    }

    private async Task WriteOnceAsync(Event e, CancellationToken ct)
    {
        if (e.Count > 1)
        {
            try
            {
                await client.PatchAsync<Event>(ObjectKey.Of(e), Repeat(e), "", ct);
                return;
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                // Events live for an hour only; the repeat is written as a new one, under the old name and with its count.
            }
        }

        await client.CreateAsync(e, ct);
    }

    private static Patch Repeat(Event e) => Patch.Strategic(
        $$"""{"count":{{e.Count.ToString(CultureInfo.InvariantCulture)}},"lastTimestamp":"{{e.LastTimestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}","message":{{Quoted(e.Message)}}}""");

    private static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    /// <summary>The moment in nanoseconds, or the next one that no event of this recorder has had: clocks tick more rarely than things happen.</summary>
    private long NextName(DateTimeOffset now)
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastName);
            var next = Math.Max(Nanoseconds(now), last + 1);
            if (Interlocked.CompareExchange(ref _lastName, next, last) == last)
                return next;
        }
    }

    private static string Name(string about, long nanoseconds) => $"{about}.{nanoseconds.ToString("x", CultureInfo.InvariantCulture)}";

    private static Event WithName(Event e, string name) => e with { Metadata = e.Metadata with { Name = name } };

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    [LoggerMessage(1, LogLevel.Warning, "Event {Reason} about {Kind} {Key} is not written: {Why}")]
    private partial void EventRefused(string kind, ObjectKey key, string reason, string why);
}
