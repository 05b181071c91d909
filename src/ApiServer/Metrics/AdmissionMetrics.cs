using System.Diagnostics.Metrics;
using KubeSharp.ApiServer.Admission;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>How long the built-in rules of admission take, each and all together.</summary>
internal static class AdmissionMetrics
{
    public const string Admit = "admit";
    public const string Validate = "validate";

    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5];
    private static readonly Histogram<double> Steps = ApiServerMeter.Instance.Histogram(
        "apiserver_admission_step_admission_duration_seconds", "[STABLE] How long all rules of a step of admission took.", Seconds);

    private static readonly Histogram<double> Controllers = ApiServerMeter.Instance.Histogram(
        "apiserver_admission_controller_admission_duration_seconds", "[STABLE] How long one rule of admission took.", Seconds);

    private static readonly string[] Operations = ["CREATE", "UPDATE", "DELETE", "CONNECT"];
    private static readonly string[] Booleans = ["false", "true"];

    public static void Step(AdmissionVerb verb, string type, bool isRejected, TimeSpan took) => Steps.Record(
        took.TotalSeconds, new("operation", Operations[(int)verb]), new("rejected", Booleans[isRejected ? 1 : 0]), new KeyValuePair<string, object?>("type", type));

    public static void Controller(string name, AdmissionVerb verb, string type, bool isRejected, TimeSpan took)
    {
        ReadOnlySpan<KeyValuePair<string, object?>> labels = [new("name", name), new("operation", Operations[(int)verb]), new("rejected", Booleans[isRejected ? 1 : 0]), new("type", type)];
        Controllers.Record(took.TotalSeconds, labels);
    }
}
