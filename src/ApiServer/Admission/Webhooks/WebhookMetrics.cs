using System.Diagnostics.Metrics;
using System.Globalization;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Counts what becomes of calls to webhooks, under upstream's names. The instruments are the process's; exporters find them by their meter.</summary>
internal static class WebhookMetrics
{
    /// <summary>A call that may change the object, and one that judges it.</summary>
    public const string Admit = "admit";
    public const string Validating = "validating";

    /// <summary>Greater codes, which webhooks may make up, are counted as this one.</summary>
    private const int MostCode = 600;

    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Histogram<double> Duration = Meter.Histogram("apiserver_admission_webhook_admission_duration_seconds", "[STABLE] How long webhooks took to answer.", Seconds);
    private static readonly Counter<long> Requests = Meter.Counter("apiserver_admission_webhook_request_total", "[ALPHA] Questions to webhooks, by their answer.");
    private static readonly Counter<long> Rejections = Meter.Counter("apiserver_admission_webhook_rejection_count", "[ALPHA] Writes refused by webhooks, or for want of their answer.");
    private static readonly Counter<long> FailedOpen = Meter.Counter("apiserver_admission_webhook_fail_open_count", "[ALPHA] Writes that went on without a webhook's answer.");

    /// <param name="code">What the webhook's own server answered; 200 for a verdict, whichever.</param>
    public static void Answered(Webhook hook, string type, AdmissionVerb verb, TimeSpan took, bool isRejected, int code)
    {
        var rejected = isRejected ? "true" : "false";
        Duration.Record(took.TotalSeconds, new("name", hook.Name), new("operation", RequestRules.NameOf(verb)), new("rejected", rejected), new("type", type));
        Requests.Add(
            1,
            [
                new("code", Math.Min(code, MostCode).ToString(CultureInfo.InvariantCulture)), new("name", hook.Name), new("operation", RequestRules.NameOf(verb)),
                new("rejected", rejected), new("type", type),
            ]);
    }

    /// <param name="error"><c>no_error</c> for a refusal, else what kept the webhook from answering.</param>
    public static void Rejected(Webhook hook, string type, AdmissionVerb verb, string error, int code) => Rejections.Add(
        1,
        [
            new("name", hook.Name), new("type", type), new("operation", RequestRules.NameOf(verb)), new("error_type", error),
            new("rejection_code", Math.Min(code, MostCode).ToString(CultureInfo.InvariantCulture)),
        ]);

    public static void Ignored(Webhook hook, string type) => FailedOpen.Add(1, new("name", hook.Name), new KeyValuePair<string, object?>("type", type));
}
