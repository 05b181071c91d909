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
            await (errand switch
            {
                BindErrand bind => BindAsync(bind, ct),
                VolumesErrand volumes => PlanVolumesAsync(volumes, ct),
                PreemptErrand preempt => PreemptAsync(preempt, ct),
                FailureErrand failure => ReportAsync(failure, ct),
                _ => throw new InvalidOperationException($"an errand of a kind nobody knows: {errand.GetType()}"),
            });
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
            inbox.Post(new BindOutcome(errand.Queued, errand.Pod, BindOutcome.Bind, null));
            events.Record(pod, "Normal", "Scheduled", $"Successfully assigned {key} to {errand.NodeName}");
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            inbox.Post(new BindOutcome(errand.Queued, errand.Pod, BindOutcome.Bind, e));
        }
    }

    /// <summary>Tells the volume controller and the provisioners what was decided; the loop sees in the claims what came of it.</summary>
    private async Task PlanVolumesAsync(VolumesErrand errand, CancellationToken ct)
    {
        try
        {
            foreach (var plan in errand.Plans)
            {
                if (plan.Volume is { } volume)
                    await client.PatchAsync<PersistentVolume>(ObjectKey.Of(volume), ClaimPatch.Take(volume, plan.Claim), "", ct);
                else
                    await client.PatchAsync<PersistentVolumeClaim>(ObjectKey.Of(plan.Claim), ClaimPatch.Provision(plan.Claim, errand.NodeName), "", ct);
            }
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            inbox.Post(new BindOutcome(errand.Queued, errand.Pod, BindOutcome.PreBind, e));
        }
    }

    private async Task PreemptAsync(PreemptErrand errand, CancellationToken ct)
    {
        var (victim, preemptor) = (errand.Pod.Pod, errand.Preemptor.Pod);
        var condition = new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            ObservedGeneration = victim.Metadata.Generation,
            LastTransitionTime = clock.GetUtcNow(),
            Reason = "PreemptionByScheduler",
            Message = $"{preemptor.Spec.SchedulerName}: preempting to accommodate a higher priority pod",
        };
        try
        {
            await client.PatchAsync<Pod>(errand.Pod.Key, StatusPatch.Of(condition, nominatedNode: null), "status", ct);
            await client.DeleteAsync<Pod>(errand.Pod.Key, new(Uid: victim.Metadata.Uid), ct);
            events.Record(victim, "Normal", "Preempted", $"Preempted by pod {preemptor.Metadata.Uid} on node {errand.NodeName}");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // gone already, which is what we want
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            NotPreempted(errand.Pod.Key, e.Message); // the preemptor's next attempt finds its victims anew
        }
    }

    private async Task ReportAsync(FailureErrand errand, CancellationToken ct)
    {
        var pod = errand.Pod.Pod;
        events.Record(pod, "Warning", "FailedScheduling", errand.Message);
        var known = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        var isKnown = known is not null && known.Status == "False" && known.Reason == errand.Reason && known.Message == errand.Message;
        if (isKnown && pod.Status.NominatedNodeName == errand.NominatedNode)
            return;

        var condition = new PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            ObservedGeneration = pod.Metadata.Generation,
            LastTransitionTime = known?.Status == "False" ? known.LastTransitionTime : clock.GetUtcNow(),
            Reason = errand.Reason,
            Message = errand.Message,
        };
        try
        {
            var nominated = pod.Status.NominatedNodeName == errand.NominatedNode ? null : errand.NominatedNode;
            await client.PatchAsync<Pod>(errand.Pod.Key, StatusPatch.Of(condition, nominated), "status", ct);
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

    [LoggerMessage(1, LogLevel.Warning, "The condition of Pod {Key} could not be written: {Reason}")]
    private partial void ConditionNotWritten(ObjectKey key, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Pod {Key} could not be preempted: {Reason}")]
    private partial void NotPreempted(ObjectKey key, string reason);
}
