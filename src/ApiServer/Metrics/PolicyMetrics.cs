using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>What admission policies decided, and how long it took them.</summary>
internal static class PolicyMetrics
{
    public const string NoError = "no_error";
    public const string InvalidError = "invalid_error";

    private static readonly double[] Seconds = [0.0000005, 0.001, 0.01, 0.1, 1];
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Counter<long> Validations = Meter.Counter("apiserver_validating_admission_policy_check_total", "[BETA] Writes that validating policies looked at, by what was done about it.");
    private static readonly Histogram<double> ValidationTimes = Meter.Histogram("apiserver_validating_admission_policy_check_duration_seconds", "[BETA] How long validating policies took.", Seconds);
    private static readonly Counter<long> Mutations = Meter.Counter("apiserver_mutating_admission_policy_check_total", "[ALPHA] Writes that mutating policies looked at.");
    private static readonly Histogram<double> MutationTimes = Meter.Histogram("apiserver_mutating_admission_policy_check_duration_seconds", "[ALPHA] How long mutating policies took.", Seconds);

    /// <param name="action"><c>allow</c>, <c>deny</c>, <c>warn</c> or <c>audit</c>.</param>
    public static void Validated(string policy, string binding, string action, string error, TimeSpan took)
    {
        ReadOnlySpan<KeyValuePair<string, object?>> labels = [new("enforcement_action", action), new("error_type", error), new("policy", policy), new("policy_binding", binding)];
        Validations.Add(1, labels);
        ValidationTimes.Record(took.TotalSeconds, labels);
    }

    public static void Mutated(string policy, string binding, string error, TimeSpan took)
    {
        ReadOnlySpan<KeyValuePair<string, object?>> labels = [new("error_type", error), new("policy", policy), new("policy_binding", binding)];
        Mutations.Add(1, labels);
        MutationTimes.Record(took.TotalSeconds, labels);
    }
}
