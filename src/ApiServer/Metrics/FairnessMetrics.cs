using System.Diagnostics.Metrics;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Who had to wait, who was refused, and what the levels may use; levels and counts are written when they are asked for.</summary>
internal static class FairnessMetrics
{
    private const string Prefix = "apiserver_flowcontrol_";
    private static readonly double[] Durations = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
    private static readonly Meter Meter = ApiServerMeter.Instance;

    public static readonly Histogram<double> Wait = Meter.Histogram(Prefix + "request_wait_duration_seconds", "[BETA] How long requests waited in their queue.", Durations);
    public static readonly Histogram<double> Execution = Meter.Histogram(Prefix + "request_execution_seconds", "[ALPHA] How long requests were served; watches until they had caught up.", Durations);
    public static readonly Histogram<double> Seats = Meter.Histogram(Prefix + "work_estimated_seats", "[ALPHA] How many seats requests were thought to need.", [1, 2, 4, 8, 16, 32, 64, 100]);

    public static void Write(PrometheusText text, FairnessControl control)
    {
        var flows = control.Stats.OrderBy(s => s.Level, StringComparer.Ordinal).ThenBy(s => s.Schema, StringComparer.Ordinal).ToList();
        Flows("dispatched_requests_total", "counter", "[BETA] Requests that were served.", s => Interlocked.Read(ref s.Dispatched));
        Flows("current_inqueue_requests", "gauge", "[BETA] Requests that wait.", s => Interlocked.Read(ref s.Waiting));
        Flows("current_inqueue_seats", "gauge", "[ALPHA] Seats that are waited for.", s => Interlocked.Read(ref s.WaitingSeats));
        Flows("current_executing_requests", "gauge", "[BETA] Requests being served; watches until they have caught up.", s => Interlocked.Read(ref s.Executing));
        Flows("current_executing_seats", "gauge", "[BETA] Seats in use.", s => Interlocked.Read(ref s.ExecutingSeats));
        text.Family(Prefix + "rejected_requests_total", "counter", "[BETA] Requests that were refused.");
        foreach (var flow in flows)
        {
            foreach (var (reason, count) in ((string, long)[])[("concurrency-limit", Interlocked.Read(ref flow.LimitHit)), ("queue-full", Interlocked.Read(ref flow.Full)), ("time-out", Interlocked.Read(ref flow.TimedOut))])
            {
                if (count > 0)
                    text.Value([("flow_schema", flow.Schema), ("priority_level", flow.Level), ("reason", reason)], count);
            }
        }

        var levels = control.Levels;
        Levels("nominal_limit_seats", "[BETA] Seats by configuration.", l => l.Nominal);
        Levels("lower_limit_seats", "[ALPHA] Seats that are never lent.", l => l.Least);
        Levels("upper_limit_seats", "[ALPHA] Seats with all that may be borrowed.", l => l.Most);
        Levels("current_limit_seats", "[ALPHA] Seats for now.", l => l.Current);
        Levels("demand_seats_high_watermark", "[ALPHA] The most seats that could be used in the last period.", l => l.Demand.Peak);
        Levels("demand_seats_average", "[ALPHA] The seats that could be used in the last period, on average.", l => l.Demand.Mean);
        Levels("demand_seats_stdev", "[ALPHA] The spread of the seats that could be used in the last period.", l => l.Demand.Deviation);
        Levels("demand_seats_smoothed", "[ALPHA] The seats that could be used, smoothed.", l => l.Smoothed);
        Levels("target_seats", "[ALPHA] The seats each level would get were there enough.", l => l.Target);

        void Flows(string name, string type, string help, Func<FlowStats, long> value)
        {
            text.Family(Prefix + name, type, help);
            foreach (var flow in flows)
                text.Value([("flow_schema", flow.Schema), ("priority_level", flow.Level)], value(flow));
        }

        void Levels(string name, string help, Func<PriorityLevel, double> value)
        {
            text.Family(Prefix + name, "gauge", help);
            foreach (var level in levels)
                text.Value([("priority_level", level.Name)], value(level));
        }
    }
}
