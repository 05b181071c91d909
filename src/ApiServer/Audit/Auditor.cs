using KubeSharp.ApiServer.Audit.Backends;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit;

/// <summary>Notes who asked the API for what: judges each request by the policy and hands its events to what keeps them.</summary>
/// <remarks>Where there is none nothing is noted and nothing costs. Keep <see cref="RunAsync"/> going for as long as requests are served.</remarks>
public sealed class Auditor
{
    private const int LongestAgent = 1024;

    private readonly AuditPolicy _policy;
    private readonly IAuditBackend _backend;
    private readonly TimeProvider _clock;

    /// <summary>Ends when the server stops: from then on a blocking backend does not try again.</summary>
    private CancellationToken _stopping;

    internal Auditor(AuditPolicy policy, IAuditBackend backend, TimeProvider clock) => (_policy, _backend, _clock) = (policy, backend, clock);

    internal DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Opens what the options name.</summary>
    /// <param name="random">Need not be thread-safe; used under a lock on itself.</param>
    /// <exception cref="IOException">The log file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public static Auditor Open(AuditPolicy policy, AuditOptions options, TimeProvider clock, Random random, ILoggerFactory logs) =>
        new(policy, AuditBackends.Open(options, clock, random, logs), clock);

    /// <summary>Writes what is buffered, until cancelled; then what is left.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        _stopping = ct;
        return _backend.RunAsync(ct);
    }

    /// <summary>Begins the trail of a request whose asker is proved, and puts it into the notes if the policy wants one.</summary>
    /// <param name="began">The timestamp at which the request came in.</param>
    /// <returns>False: it must not go on, for it cannot be noted.</returns>
    internal async ValueTask<bool> BeginAsync(HttpContext context, RequestInfo info, Identity user, RequestNotes notes, long began, bool isLong)
    {
        var terms = Judge(user, info);
        if (terms.Level == AuditLevel.None)
            return true;

        var trail = new AuditTrail(this, terms, First(context, info, user, terms, began)) { IsLong = isLong };
        if (!await trail.ReceivedAsync())
        {
            AuditMetrics.Rejected.Add(1);
            return false;
        }

        notes.Audit = trail;
        if (isLong)
            context.Response.OnStarting(() => trail.StartedAsync(context.Response.StatusCode));
        return true;
    }

    /// <summary>Begins the trail of a request whose credentials are bad.</summary>
    internal void BeginOfNobody(HttpContext context, RequestInfo info, RequestNotes notes, long began)
    {
        var terms = Judge(null, info);
        if (terms.Level != AuditLevel.None)
            notes.Audit = new(this, terms, First(context, info, null, terms, began)) { IsOfNobody = true };
    }

    /// <summary>What a client is told whose request cannot be noted.</summary>
    internal static string Refusal(HttpContext context) =>
        $"Internal Server Error: \"{UriOf(context)}\": failed to store audit event\n".Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    internal ValueTask<bool> TakeAsync(AuditEvent e)
    {
        AuditMetrics.Events.Add(1);
        return _backend.TakeAsync([new(e)], _stopping);
    }

    private AuditTerms Judge(Identity? user, RequestInfo info)
    {
        var terms = _policy.TermsFor(user, info);
        AuditMetrics.Judged(terms.Level.ToString());
        return terms;
    }

    private AuditEvent First(HttpContext context, RequestInfo info, Identity? user, AuditTerms terms, long began)
    {
        var received = Now - _clock.GetElapsedTime(began);
        var agent = context.Request.Headers.UserAgent is [{ } given, ..] ? given : "";
        return new()
        {
            Level = terms.Level,
            AuditId = context.Response.Headers["Audit-Id"].ToString(),
            Stage = AuditStages.RequestReceived,
            RequestUri = UriOf(context),
            Verb = info.Verb,
            User = user,
            SourceIps = SourceAddresses.Of(context),
            UserAgent = agent.Length > LongestAgent ? agent[..LongestAgent] + "...TRUNCATED" : agent,
            ObjectRef = info.IsResource
                ? new()
                {
                    Resource = info.Resource,
                    Namespace = info.Namespace,
                    Name = info.Name,
                    ApiGroup = info.Group,
                    ApiVersion = info.Version,
                    Subresource = info.Subresource,
                }
                : null,
            RequestReceived = received,
            Reached = received,
        };
    }

    /// <summary>Path and query as they came.</summary>
    private static string UriOf(HttpContext context) => context.Features.Get<IHttpRequestFeature>() is { RawTarget.Length: > 0 } request
        ? request.RawTarget
        : context.Request.Path.ToUriComponent() + context.Request.QueryString.Value;
}
