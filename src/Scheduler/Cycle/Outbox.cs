using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using KubeSharp.Client;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Writes bindings and failures to the API while the next pods are being scheduled.</summary>
internal sealed partial class Outbox(IClient client, IEventRecorder events, Inbox inbox, TimeProvider clock, ILogger<Outbox> log)
{
    /// <summary>Bindings on their way at once: enough to fill the store's group commits.</summary>
    private const int Workers = 64;

    // Waits when full: the scheduler must not run ahead of the API for ever.
    private readonly Channel<Errand> _errands = Channel.CreateBounded<Errand>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.Wait });

    public ValueTask SendAsync(Errand errand, CancellationToken ct) => _errands.Writer.WriteAsync(errand, ct);

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(ct)));

    private async Task WorkAsync(CancellationToken ct)
    {
        await foreach (var errand in _errands.Reader.ReadAllAsync(ct))
        {
            if (errand is BindErrand bind)
                await BindAsync(bind, ct);
            else if (errand is FailureErrand failure)
                await ReportAsync(failure, ct);
        }
    }

    /// <summary>Whatever goes wrong is the answer to the loop, which alone knows what is to be done.</summary>
    private async Task BindAsync(BindErrand errand, CancellationToken ct)
    {
        var (pod, key) = (errand.Pod.Pod, errand.Pod.Key);
        var binding = new Binding
        {
            Metadata = new() { Namespace = key.Namespace, Name = key.Name, Uid = pod.Metadata.Uid },
            Target = new() { Kind = "Node", Name = errand.NodeName },
        };
        try
        {
            await client.PostAsync<Pod, Binding, Status>(key, "binding", binding.WithTypeMeta(), ct);
            inbox.Post(new BindOutcome(errand.Queued, errand.Pod, null));
            events.Record(pod, "Normal", "Scheduled", $"Successfully assigned {key} to {errand.NodeName}");
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            inbox.Post(new BindOutcome(errand.Queued, errand.Pod, e));
        }
    }

    private async Task ReportAsync(FailureErrand errand, CancellationToken ct)
    {
        var pod = errand.Pod.Pod;
        events.Record(pod, "Warning", "FailedScheduling", errand.Message);
        var known = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        if (known is not null && known.Status == "False" && known.Reason == errand.Reason && known.Message == errand.Message)
            return;

        try
        {
            await client.PatchAsync<Pod>(errand.Pod.Key, Patch(errand, known), "status", ct);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // deleted meanwhile
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            ConditionNotWritten(errand.Pod.Key, e.Message); // the next attempt to schedule the pod writes it again
        }
    }

    private Patch Patch(FailureErrand errand, PodCondition? known)
    {
        var condition = new PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            ObservedGeneration = errand.Pod.Pod.Metadata.Generation,
            LastTransitionTime = known?.Status == "False" ? known.LastTransitionTime : clock.GetUtcNow(),
            Reason = errand.Reason,
            Message = errand.Message,
        };
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, Json.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("status"u8);
            writer.WriteStartArray("conditions"u8);
            condition.WriteJson(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new("application/strategic-merge-patch+json", body.WrittenMemory);
    }

    [LoggerMessage(1, LogLevel.Warning, "The condition of Pod {Key} could not be written: {Reason}")]
    private partial void ConditionNotWritten(ObjectKey key, string reason);
}
