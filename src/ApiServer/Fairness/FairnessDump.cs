using System.Globalization;
using System.Text;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary><c>/debug/api_priority_and_fairness/…</c>: levels, queues and requests as upstream's tables.</summary>
internal sealed class FairnessDump(FairnessControl control, TimeProvider clock) : IPathHandler
{
    private const string Root = "/debug/api_priority_and_fairness/";

    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        var rows = call.Info.Path switch
        {
            Root + "dump_priority_levels" => Levels(),
            Root + "dump_queues" => Queues(),
            Root + "dump_requests" => Requests(call.Request.Query["includeRequestDetails"].ToString().Length > 0),
            _ => null,
        };
        if (rows is null)
            return false;

        await AnswerWriter.TextAsync(call.Context, Table([.. rows]), StatusCodes.Status200OK, call.Aborted);
        return true;
    }

    private IEnumerable<string[]> Levels()
    {
        yield return ["PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests", "DispatchedRequests", "RejectedRequests", "TimedoutRequests", "CancelledRequests"];
        foreach (var level in control.Levels)
        {
            var dump = level.Queues.Dump();
            var (executing, dispatched) = level.IsExempt ? Exempt(level) : (dump.Executing, dump.Dispatched);
            yield return
            [
                level.Name, Text(dump.Queues.Count(q => q.Waiting.Count > 0)), level.IsIdle ? "true" : "false", level.IsQuiescing ? "true" : "false",
                Text(dump.Waiting), Text(executing), Text(dispatched), Text(dump.Rejected), "0", Text(dump.Cancelled),
            ];
        }
    }

    private IEnumerable<string[]> Queues()
    {
        yield return ["PriorityLevelName", "Index", "PendingRequests", "ExecutingRequests", "SeatsInUse", "NextDispatchR", "InitialSeatsSum", "MaxSeatsSum", "TotalWorkSum"];
        foreach (var level in control.Levels)
        {
            foreach (var (i, queue) in level.Queues.Dump().Queues.Index())
            {
                yield return
                [
                    level.Name, Text(i), Text(queue.Waiting.Count), Text(queue.Executing.Count), Text(queue.SeatsInUse), SeatSeconds(queue.NextR), Text(queue.SeatsSum), Text(queue.MaxSeatsSum),
                    SeatSeconds(queue.Work),
                ];
            }
        }
    }

    private IEnumerable<string[]> Requests(bool hasDetails)
    {
        string[] head = ["PriorityLevelName", "FlowSchemaName", "QueueIndex", "RequestIndexInQueue", "FlowDistingsher", "ArriveTime", "InitialSeats", "FinalSeats", "AdditionalLatency", "StartTime"];
        yield return hasDetails ? [.. head, "UserName", "Verb", "APIPath", "Namespace", "Name", "APIVersion", "Resource", "SubResource"] : head;
        foreach (var level in control.Levels)
        {
            var dump = level.Queues.Dump();
            foreach (var (i, queue) in dump.Queues.Index())
            {
                foreach (var (j, ticket) in queue.Waiting.Index())
                    yield return Row(level, ticket, i, j, hasDetails);
                foreach (var ticket in queue.Executing)
                    yield return Row(level, ticket, i, -1, hasDetails);
            }

            foreach (var ticket in dump.Queueless)
                yield return Row(level, ticket, -1, -1, hasDetails);
        }
    }

    private string[] Row(PriorityLevel level, Ticket ticket, int queue, int index, bool hasDetails)
    {
        string[] row =
        [
            level.Name, ticket.Flow.Schema, Text(queue), Text(index), ticket.Distinguisher, Time(ticket.Arrived), Text(ticket.Work.Seats), Text(ticket.Work.FinalSeats),
            ticket.Work.Linger == default ? "0s" : ticket.Work.Linger.TotalMilliseconds.ToString("0.######", CultureInfo.InvariantCulture) + "ms",
            ticket.Started == 0 ? "0001-01-01T00:00:00Z" : Time(ticket.Started),
        ];
        var (user, info) = ticket.Request;
        return hasDetails
            ? [.. row, user, info.Verb, info.Path, info.Namespace, info.Name, info.Group.Length > 0 ? $"{info.Group}/{info.Version}" : info.Version, info.Resource, info.Subresource]
            : row;
    }

    private (int Executing, long Dispatched) Exempt(PriorityLevel level)
    {
        var flows = control.Stats.Where(s => s.Level == level.Name).ToList();
        return ((int)flows.Sum(s => Interlocked.Read(ref s.Executing)), flows.Sum(s => Interlocked.Read(ref s.Dispatched)));
    }

    private string Time(long stamp) => (clock.GetUtcNow() - clock.GetElapsedTime(stamp)).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string SeatSeconds(double work) => work.ToString("F8", CultureInfo.InvariantCulture) + "ss";

    /// <summary>Commas after all columns but the last, which are as wide as their widest cell and a space, and no less than eight.</summary>
    private static string Table(List<string[]> rows)
    {
        const int Least = 8;
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => Math.Max(Least, rows.Max(r => r[c].Length) + 2)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            for (var c = 0; c < row.Length - 1; c++)
                text.Append((row[c] + ",").PadRight(widths[c]));
            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }
}
