using System.Diagnostics;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Tracing;

/// <summary>The spans of this server. Without somebody who collects them each costs a comparison.</summary>
/// <remarks>What leaves through an <see cref="HttpClient"/> carries the span on in its <c>traceparent</c> header; that is the runtime's doing.</remarks>
internal static class Spans
{
    public const string SourceName = "KubeSharp.ApiServer";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The span of a whole request, a child of the client's if it sent one.</summary>
    public static Activity? Request(HttpContext context, RequestInfo info)
    {
        if (!Source.HasListeners())
            return null;

        var headers = context.Request.Headers;
        var isChild = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        if (!isChild)
            Activity.Current = null; // whatever runs this handler is no client
        var name = info.IsResource ? $"{info.Verb} {(info.Subresource.Length > 0 ? $"{info.Resource}/{info.Subresource}" : info.Resource)}" : $"{info.Verb} path";
        if (Source.StartActivity(name, ActivityKind.Server, parent) is not { } span)
            return null;

        span.SetTag("http.request.method", context.Request.Method).SetTag("url.path", info.Path).SetTag("user_agent.original", headers.UserAgent.ToString())
            .SetTag("audit-id", context.Response.Headers["Audit-Id"].ToString());
        if (info.IsResource)
        {
            span.SetTag("k8s.verb", info.Verb).SetTag("k8s.group", info.Group).SetTag("k8s.version", info.Version).SetTag("k8s.resource", info.Resource)
                .SetTag("k8s.subresource", info.Subresource).SetTag("k8s.namespace", info.Namespace).SetTag("k8s.name", info.Name);
        }

        return span;
    }

    public static void End(Activity span, int code)
    {
        span.SetTag("http.response.status_code", code);
        if (code >= 500)
            span.SetStatus(ActivityStatusCode.Error);
        span.Dispose();
    }

    /// <param name="type">As in metrics: <c>admit</c> or <c>validating</c>.</param>
    public static Activity? Webhook(string type, string configuration, string webhook)
    {
        if (Activity.Current is null)
            return null;

        var span = Source.StartActivity(type == "admit" ? "call mutating webhook" : "call validating webhook", ActivityKind.Client);
        return span?.SetTag("configuration", configuration).SetTag("webhook", webhook);
    }

    public static Activity? Admission(string type) => Activity.Current is null ? null : Source.StartActivity(type == "admit" ? "admission: mutate" : "admission: validate");

    /// <param name="operation">As in metrics: get, list, create, update, delete.</param>
    public static Activity? Storage(string operation, string resource) =>
        Activity.Current is null ? null : Source.StartActivity("storage " + operation)?.SetTag("resource", resource);
}
