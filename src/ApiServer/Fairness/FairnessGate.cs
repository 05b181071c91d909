using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>Where requests wait for their turn, or are told to come back.</summary>
public sealed class FairnessGate : ITurns
{
    /// <summary>A quarter of the time a request has (<c>--request-timeout</c>).</summary>
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(15);

    private readonly WorkEstimate _estimate;
    private readonly RetryAdvice _retries;
    private readonly FlowHashes _hashes = new();

    internal FairnessGate(FairnessControl control, WorkEstimate estimate, WatchCounts watches, TimeProvider clock) =>
        (Control, _estimate, Watches, Clock, _retries, Dump) = (control, estimate, watches, clock, new(clock), new(control, clock));

    internal FairnessControl Control { get; }

    internal WatchCounts Watches { get; }

    internal TimeProvider Clock { get; }

    internal FairnessDump Dump { get; }

    /// <summary>Writes levels, flows and limits for <c>/metrics</c>.</summary>
    public void WriteMetrics(PrometheusText text) => FairnessMetrics.Write(text, Control);

    async ValueTask<ISeat?> ITurns.EnterAsync(HttpContext context, RequestInfo info, Identity user, RequestNotes notes, CancellationToken ct)
    {
        var flow = Control.Classify(user, info);
        context.Response.Headers["X-Kubernetes-PF-FlowSchema-UID"] = flow.Schema.Metadata.Uid;
        context.Response.Headers["X-Kubernetes-PF-PriorityLevel-UID"] = flow.Level.Configuration.Metadata.Uid;
        if (flow.Level.IsExempt)
        {
            flow.Level.EnterExempt();
            Interlocked.Increment(ref flow.Stats.Dispatched);
            Interlocked.Increment(ref flow.Stats.Executing);
            Interlocked.Increment(ref flow.Stats.ExecutingSeats);
            return new Admittance(this, flow, null, Watched(info), Clock.GetTimestamp());
        }

        Control.Stir();
        var work = _estimate.Of(info, context.Request.Query, flow.Level.MaxSeats);
        FairnessMetrics.Seats.Record(work.MaxSeats, flow.Stats.Labels);
        var who = FlowMatch.Distinguisher(flow.Schema.Spec, user, info);
        var ticket = flow.Level.Queues.Enter(flow.Stats, who, _hashes.Of(flow.Schema.Metadata.Name, who), work, new(user.Name, info));
        if (ticket?.Turn is { } turn && !turn.Task.IsCompleted)
            ticket = await WaitAsync(ticket, turn.Task, notes, ct);
        if (ticket is not null)
        {
            FairnessMetrics.Wait.Record(Clock.GetElapsedTime(ticket.Arrived, ticket.Started).TotalSeconds, flow.Stats.WaitedServed);
            return new Admittance(this, flow, ticket, Watched(info), ticket.Started);
        }

        await Refusal.AnswerAsync(context, _retries.Refused(flow.Level.Name), ct);
        return null;
    }

    private Watched? Watched(RequestInfo info) => info.Verb == "watch" ? Watches.Add(info) : null;

    private async Task<Ticket?> WaitAsync(Ticket ticket, Task turn, RequestNotes notes, CancellationToken ct)
    {
        var began = Clock.GetTimestamp();
        try
        {
            await turn.WaitAsync(WaitLimit, Clock, ct);
            return ticket;
        }
        catch (TimeoutException)
        {
            return ticket.Leave() ? null : ticket;
        }
        catch (OperationCanceledException)
        {
            if (!ticket.Leave())
                ticket.Release();
            throw;
        }
        finally
        {
            notes.AddWait(Clock.GetElapsedTime(began));
            if (ticket.Started == 0)
                FairnessMetrics.Wait.Record(Clock.GetElapsedTime(began).TotalSeconds, ticket.Flow.WaitedInVain);
        }
    }
}
