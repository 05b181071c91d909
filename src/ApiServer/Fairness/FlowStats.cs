using KubeSharp.Machinery.Metrics;
using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>What is counted of one schema's requests at one level. Written by many threads.</summary>
internal sealed class FlowStats(string level, string schema)
{
    public long Dispatched;
    public long Executing;
    public long ExecutingSeats;
    public long Waiting;
    public long WaitingSeats;
    public long Full;
    public long LimitHit;
    public long TimedOut;

    public string Level => level;

    public string Schema => schema;

    public KeyValuePair<string, object?>[] Labels { get; } = Instruments.Labels(("flow_schema", schema), ("priority_level", level));

    public KeyValuePair<string, object?>[] Regular { get; } = Instruments.Labels(("flow_schema", schema), ("priority_level", level), ("type", "regular"));

    public KeyValuePair<string, object?>[] Watch { get; } = Instruments.Labels(("flow_schema", schema), ("priority_level", level), ("type", "watch"));

    public KeyValuePair<string, object?>[] WaitedServed { get; } = Instruments.Labels(("execute", "true"), ("flow_schema", schema), ("priority_level", level));

    public KeyValuePair<string, object?>[] WaitedInVain { get; } = Instruments.Labels(("execute", "false"), ("flow_schema", schema), ("priority_level", level));
}

/// <summary>A schema in force: with its level found.</summary>
internal sealed record Flow(FlowSchema Schema, PriorityLevel Level, FlowStats Stats);
