using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Who was let in, and who was allowed.</summary>
internal static class AccessMetrics
{
    public static readonly KeyValuePair<string, object?>[] Success = Instruments.Labels(("result", "success"));
    public static readonly KeyValuePair<string, object?>[] Failure = Instruments.Labels(("result", "failure"));
    public static readonly KeyValuePair<string, object?>[] Error = Instruments.Labels(("result", "error"));

    private static readonly KeyValuePair<string, object?>[] Allowed = Instruments.Labels(("result", "allowed"));
    private static readonly KeyValuePair<string, object?>[] Denied = Instruments.Labels(("result", "denied"));
    private static readonly KeyValuePair<string, object?>[] NoOpinion = Instruments.Labels(("result", "no-opinion"));

    private static readonly IReadOnlyList<double> Seconds = Buckets.Exponential(0.001, 2, 15);
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Counter<long> Attempts = Meter.Counter("authentication_attempts", "[ALPHA] Attempts to prove an identity.");
    private static readonly Counter<long> Users = Meter.Counter("authenticated_user_requests", "[ALPHA] Requests by who made them; most users are counted together.");
    private static readonly Histogram<double> AttemptTimes = Meter.Histogram("authentication_duration_seconds", "[ALPHA] How long it took to prove an identity.", Seconds);
    private static readonly Counter<long> Questions = Meter.Counter("authorization_attempts_total", "[ALPHA] Requests that were authorized or not.");
    private static readonly Histogram<double> QuestionTimes = Meter.Histogram("authorization_duration_seconds", "[ALPHA] How long authorization took.", Seconds);
    private static readonly Counter<long> Decisions = Meter.Counter("apiserver_authorization_decisions_total", "[ALPHA] Final decisions, by the authorizer that made them.");

    /// <param name="result">One of the labels above.</param>
    /// <param name="user">Whose identity was proved.</param>
    public static void Authenticated(KeyValuePair<string, object?>[] result, string? user, TimeSpan took)
    {
        Attempts.Add(1, result);
        AttemptTimes.Record(took.TotalSeconds, result);
        if (user is not null)
            Users.Add(1, new KeyValuePair<string, object?>("username", Bounded(user)));
    }

    public static void Authorized(bool? isAllowed, TimeSpan took)
    {
        var result = isAllowed switch
        {
            true => Allowed,
            false => Denied,
            null => NoOpinion,
        };
        Questions.Add(1, result);
        QuestionTimes.Record(took.TotalSeconds, result);
    }

    /// <param name="type">The sort of authorizer: <c>RBAC</c>, <c>Node</c>, <c>Webhook</c>.</param>
    /// <param name="name">Which of that sort.</param>
    public static void Decided(string type, string name, bool isAllowed) => Decisions.Add(
        1, new("decision", isAllowed ? "allowed" : "denied"), new("name", name), new KeyValuePair<string, object?>("type", type));

    /// <summary>Upstream's short list: names may come from anywhere, and series must not.</summary>
    private static string Bounded(string user) => user switch
    {
        "admin" or "client" or "kube_proxy" or "kubelet" or "system:serviceaccount:kube-system:default" => user,
        _ => user.Contains('@', StringComparison.Ordinal) ? "email_id" : "other",
    };
}
