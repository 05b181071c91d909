using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary>The life of a request from its first byte to its answer; the one place where failures become answers.</summary>
internal sealed partial class ApiPipeline(
    Gate gate, ResourceRequests resources, HistoryRequests history, IReadOnlyList<IPathHandler> paths, ConnectionTable connections, Aggregator? aggregator,
    Auditor? audit, ITurns? turns, RequestMetrics metrics, TimeProvider clock, ILogger<ApiPipeline> log, CancellationToken stopping)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <summary>Subresources by whose name alone an aggregated server's request is known to have no end.</summary>
    private static readonly string[] Endless = ["attach", "exec", "proxy", "log", "portforward"];

    public async Task HandleAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var notes = new RequestNotes();
        var info = RequestInfo.Parse(context.Request.Method, context.Request.Path.Value ?? "/", context.Request.Query);
        var remote = aggregator?.Apis.OfPath(info.Path);
        var past = remote is null ? history.Find(info, context.Request.Query) : null;
        var isServed = remote is null && (past is not null || resources.Serves(info));
        var isLong = info.Verb == "watch" || (remote is null ? connections.Find(info) is not null : Endless.Contains(info.Subresource) || UpgradeForwarder.IsAsked(context));
        using var time = isLong ? null : new CancellationTokenSource(TimeLimit, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, time?.Token ?? stopping);
        SetHeaders(context);
        var labels = metrics.Begin(info, context.Request, isServed, isLong);
        var span = Spans.Request(context, info);
        try
        {
            await AnswerAsync(context, info, (remote, past), labels, notes, (started, isLong), limit.Token);
        }
        catch (Exception e)
        {
            await FailAsync(context, info, labels, notes, e, limit.Token);
        }
        finally
        {
            notes.Seat?.End();
            if (notes.Audit is { } trail)
                await trail.EndedAsync(context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted ? null : context.Response.StatusCode);
            RequestMetrics.End(labels, info, context.Response.StatusCode, isLong ? null : clock.GetElapsedTime(started), notes.Waited, context.Response.ContentLength ?? notes.Sent);
            if (span is not null)
                Spans.End(span, context.Response.StatusCode);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestInfo info, (RemoteApi? Remote, PastRequest? Past) route, RequestLabels labels, RequestNotes notes, (long Began, bool IsLong) when, CancellationToken ct)
    {
        var user = await ProveAsync(context, info, notes, when.Began, ct);
        if (audit is not null && !await audit.BeginAsync(context, info, user, notes, when.Began, when.IsLong))
        {
            await AnswerWriter.TextAsync(context, Auditor.Refusal(context), StatusCodes.Status500InternalServerError, ct);
            return;
        }

        user = await gate.ImpersonateAsync(context.Request.Headers, user, notes, ct);
        if (user.Name == Identities.ServerName)
            RequestMetrics.AskedItself(labels);
        // Streams that last have no turn; a watch has one until it has caught up.
        if (turns is not null && (!when.IsLong || info.Verb == "watch") && (notes.Seat = await turns.EnterAsync(context, info, user, notes, ct)) is null)
        {
            RequestMetrics.Terminated(labels, StatusCodes.Status429TooManyRequests);
            return;
        }

        if (route.Past is { } past)
        {
            await history.HandleAsync(new(context, info, user, Negotiation.Choose(context.Request.Headers.Accept.ToString(), IsPretty(context.Request)), ct) { Notes = notes }, past);
            return;
        }

        await gate.AuthorizeAsync(Gate.RequestOf(user, info), notes, ct);
        if (route.Remote is { } remote)
        {
            if (info.Verb == "watch")
                notes.Seat?.Release(); // it is the other server that works on it
            await aggregator!.ForwardAsync(new(context, info, user, ResponseForm.Json, ct), remote); // it knows the API, so it is there
            return;
        }

        if (!info.IsResource)
        {
            await PathAsync(new(context, info, user, FormOf(context) ?? ResponseForm.Json, ct) { Notes = notes });
            return;
        }

        // Streams say what they are by themselves and take any Accept.
        var form = connections.Find(info) is not null ? ResponseForm.Json : Negotiation.Choose(context.Request.Headers.Accept.ToString(), IsPretty(context.Request));
        await resources.HandleAsync(new(context, info, user, form, ct) { Notes = notes });
    }

    private async ValueTask<Identity> ProveAsync(HttpContext context, RequestInfo info, RequestNotes notes, long began, CancellationToken ct)
    {
        try
        {
            return await gate.AuthenticateAsync(context, info, ct);
        }
        catch (ApiException) when (audit is not null)
        {
            audit.BeginOfNobody(context, info, notes, began);
            throw;
        }
    }

    private async Task PathAsync(ApiCall call)
    {
        foreach (var handler in paths)
        {
            if (await handler.TryHandleAsync(call))
                return;
        }

        throw ApiException.NoSuchPath();
    }

    private async Task FailAsync(HttpContext context, RequestInfo info, RequestLabels labels, RequestNotes notes, Exception e, CancellationToken limit)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return; // nobody is there to be told

        if (e is OperationCanceledException && limit.IsCancellationRequested && context.Response.HasStarted)
            return; // a watch that ends with the server

        if (e is BadHttpRequestException bad)
            e = new ApiException(ApiException.Failure(bad.StatusCode, bad.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", bad.Message), bad);

        if (e is OperationCanceledException && limit.IsCancellationRequested)
            e = stopping.IsCancellationRequested ? ApiException.Unavailable("the server is shutting down") : ApiException.Timeout("request did not complete within the allotted timeout", 0);

        if (e is not ApiException failure)
        {
            LogBug(e, context.Request.Method, info.Path);
            notes.Audit?.Panicked(e);
            failure = ApiException.Internal(e.Message, e);
        }
        else if (failure is { Code: 500, Status.Reason: "InternalError", InnerException: not WebhookException })
        {
            LogBug(failure, context.Request.Method, info.Path);
        }

        if (failure.Code == StatusCodes.Status504GatewayTimeout && limit.IsCancellationRequested)
            RequestMetrics.Terminated(labels, failure.Code);

        if (context.Response.HasStarted)
        {
            RequestMetrics.Aborted(labels);
            context.Abort();
            return;
        }

        if (e is ApiException)
            notes.Audit?.Answered(failure.Status);
        var allow = context.Response.Headers.Allow;
        context.Response.Headers.ContentLength = null;
        context.Response.Headers.ContentEncoding = default;
        context.Response.Headers.Allow = allow;
        await AnswerWriter.StatusAsync(context, FormOf(context)?.Plain ?? ResponseForm.Json, failure.Status, failure.Code, context.RequestAborted);
    }

    private static ResponseForm? FormOf(HttpContext context)
    {
        try
        {
            return Negotiation.Choose(context.Request.Headers.Accept.ToString(), IsPretty(context.Request));
        }
        catch (ApiException)
        {
            return null;
        }
    }

    /// <summary>Asked for, or a person with a browser or curl is looking.</summary>
    private static bool IsPretty(HttpRequest request)
    {
        if (request.Query.ContainsKey("pretty"))
            return RequestInfo.Flag(request.Query, "pretty");

        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal) || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }

    private static void SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache, private";
        headers["Audit-Id"] = context.Request.Headers["Audit-Id"] is [{ Length: > 0 and <= 64 } given] && given.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? given
            : Guid.NewGuid().ToString();
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed by a fault of this server.")]
    private partial void LogBug(Exception e, string method, string path);
}
