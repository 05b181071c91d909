using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary>The paths of the kubelet's server and who answers them.</summary>
internal sealed class KubeletRoutes(IPods pods, LogRoute logs, StreamRoutes streams, SummaryRoute summary, MetricsRoute metrics)
{
    public Task ServeAsync(HttpContext context, CancellationToken ct)
    {
        var path = (context.Request.Path.Value ?? "/").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path switch
        {
            ["healthz", ..] => Answer.TextAsync(context, StatusCodes.Status200OK, "ok"),
            ["pods"] => Answer.JsonAsync(context, Json.Encode(new PodList { Kind = "PodList", ApiVersion = "v1", Items = [.. pods.All] })),
            ["containerLogs", var ns, var pod, var container] => logs.ServeAsync(context, ns, pod, container, ct),
            ["exec", var ns, var pod, var container] => streams.ExecAsync(context, new(ns, pod), "", container, ct),
            ["exec", var ns, var pod, var uid, var container] => streams.ExecAsync(context, new(ns, pod), uid, container, ct),
            ["attach", var ns, var pod, var container] => streams.AttachAsync(context, new(ns, pod), "", container, ct),
            ["attach", var ns, var pod, var uid, var container] => streams.AttachAsync(context, new(ns, pod), uid, container, ct),
            ["portForward", var ns, var pod] => streams.PortForwardAsync(context, new(ns, pod), "", ct),
            ["portForward", var ns, var pod, var uid] => streams.PortForwardAsync(context, new(ns, pod), uid, ct),
            ["run", var ns, var pod, var container] => streams.RunAsync(context, new(ns, pod), "", container, ct),
            ["run", var ns, var pod, var uid, var container] => streams.RunAsync(context, new(ns, pod), uid, container, ct),
            ["stats", "summary"] => summary.ServeAsync(context, ct),
            ["metrics"] => metrics.ServeOwnAsync(context, ct),
            ["metrics", "resource"] => metrics.ServeResourceAsync(context, ct),
            ["metrics", "cadvisor"] => metrics.ServeContainersAsync(context, ct),
            _ => Answer.TextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n"),
        };
    }
}
