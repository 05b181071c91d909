using System.Diagnostics.Metrics;
using System.Globalization;
using KubeSharp.ApiServer.Admission.Matching;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Counts what becomes of calls to webhooks, under upstream's names. The instruments are the process's; exporters find them by their meter.</summary>
internal static class WebhookMetrics
{
    /// <summary>A call that may change the object, and one that judges it.</summary>
    public const string Admit = "admit";
    public const string Validating = "validating";

    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
    private static readonly Meter Meter = new("KubeSharp.ApiServer.Admission");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "apiserver_admission_webhook_admission_duration_seconds", "s", "How long webhooks took to answer.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    private static readonly Counter<long> Rejections = Meter.CreateCounter<long>("apiserver_admission_webhook_rejection_count", description: "Writes refused by webhooks, or for want of their answer.");
    private static readonly Counter<long> FailedOpen = Meter.CreateCounter<long>("apiserver_admission_webhook_fail_open_count", description: "Writes that went on without a webhook's answer.");

    public static void Answered(Webhook hook, string type, AdmissionVerb verb, TimeSpan took, bool isRejected) => Duration.Record(
        took.TotalSeconds, new("name", hook.Name), new("type", type), new("operation", RequestRules.NameOf(verb)), new("rejected", isRejected ? "true" : "false"));

    /// <param name="error"><c>no_error</c> for a refusal, else what kept the webhook from answering.</param>
    public static void Rejected(Webhook hook, string type, AdmissionVerb verb, string error, int code) => Rejections.Add(
        1,
        [
            new("name", hook.Name), new("type", type), new("operation", RequestRules.NameOf(verb)), new("error_type", error),
            new("rejection_code", code.ToString(CultureInfo.InvariantCulture)),
        ]);

    public static void Ignored(Webhook hook, string type) => FailedOpen.Add(1, new("name", hook.Name), new KeyValuePair<string, object?>("type", type));
}
