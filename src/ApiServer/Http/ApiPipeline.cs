using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary>The life of a request from its first byte to its answer; the one place where failures become answers.</summary>
internal sealed partial class ApiPipeline(
    Gate gate, ResourceRequests resources, HistoryRequests history, IReadOnlyList<IPathHandler> paths, ConnectionTable connections,
    RequestMetrics metrics, TimeProvider clock, ILogger<ApiPipeline> log, CancellationToken stopping)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    public async Task HandleAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var info = RequestInfo.Parse(context.Request.Method, context.Request.Path.Value ?? "/", context.Request.Query);
        var isServed = resources.Serves(info) || history.Serves(info, context.Request.Query);
        var isLong = info.Verb == "watch" || connections.Find(info) is not null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, isLong ? stopping : CancellationToken.None);
        using var timer = isLong ? null : clock.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, TimeLimit, Timeout.InfiniteTimeSpan);
        SetHeaders(context);
        using (isLong ? metrics.Running(info, isServed) : null)
        {
            try
            {
                await AnswerAsync(context, info, limit.Token);
            }
            catch (Exception e)
            {
                await FailAsync(context, info, e, limit.Token);
            }
        }

        metrics.Done(info, isServed, context.Response.StatusCode, isLong ? null : clock.GetElapsedTime(started));
    }

    private async Task AnswerAsync(HttpContext context, RequestInfo info, CancellationToken ct)
    {
        var user = await gate.IdentifyAsync(context, info, ct);
        if (history.Serves(info, context.Request.Query))
        {
            await history.HandleAsync(new(context, info, user, Negotiation.Choose(context.Request.Headers.Accept.ToString(), IsPretty(context.Request)), ct));
            return;
        }

        await gate.AuthorizeAsync(user, info, ct);
        if (!info.IsResource)
        {
            await PathAsync(new(context, info, user, FormOf(context) ?? ResponseForm.Json, ct));
            return;
        }

        // Streams say what they are by themselves and take any Accept.
        var form = connections.Find(info) is not null ? ResponseForm.Json : Negotiation.Choose(context.Request.Headers.Accept.ToString(), IsPretty(context.Request));
        await resources.HandleAsync(new(context, info, user, form, ct));
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

    private async Task FailAsync(HttpContext context, RequestInfo info, Exception e, CancellationToken limit)
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
            failure = ApiException.Internal(e.Message, e);
        }
        else if (failure is { Code: 500, InnerException: not WebhookException })
        {
            LogBug(failure, context.Request.Method, info.Path);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

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
