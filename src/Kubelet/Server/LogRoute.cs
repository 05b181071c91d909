using System.Globalization;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Logs;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary><c>GET /containerLogs/NAMESPACE/POD/CONTAINER</c></summary>
internal sealed class LogRoute(IPods pods, IRuntime runtime, ContainerLogs logs, TimeProvider clock)
{
    public async Task ServeAsync(HttpContext context, string ns, string name, string container, CancellationToken ct)
    {
        if (pods.Find(ns, name) is not { } pod)
        {
            await Answer.TextAsync(context, StatusCodes.Status404NotFound, $"pod \"{name}\" not found");
            return;
        }

        if (!Names(pod).Contains(container))
        {
            await Answer.TextAsync(context, StatusCodes.Status404NotFound, $"container \"{container}\" not found in pod \"{name}\"");
            return;
        }

        if (!TryOptions(context.Request.Query, clock, out var options, out var complaint))
        {
            await Answer.TextAsync(context, StatusCodes.Status400BadRequest, complaint);
            return;
        }

        var isPrevious = IsTrue(context.Request.Query["previous"]);
        if (Refusal(pod, container, isPrevious) is { } refusal)
        {
            await Answer.TextAsync(context, StatusCodes.Status400BadRequest, refusal);
            return;
        }

        var path = pods.LogPath(pod, container, isPrevious);
        var id = pods.ContainerId(pod, container, isPrevious);
        if (path is null || !File.Exists(path))
        {
            await Answer.TextAsync(context, StatusCodes.Status400BadRequest, $"failed to try resolving symlinks in path \"{path}\": no such file or directory");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "text/plain";
        await context.Response.StartAsync(ct); // a follower sees that it is connected before the first line comes
        await logs.CopyAsync(path, options, IsRunningAsync, context.Response.BodyWriter, ct);

        async Task<bool> IsRunningAsync(CancellationToken token) =>
            id is not null && !isPrevious && await runtime.FindContainerAsync(id, token) is { State: Cri.ContainerState.ContainerRunning or Cri.ContainerState.ContainerCreated };
    }

    /// <summary>Why there is nothing to read, in upstream's words; <see langword="null"/> if there is.</summary>
    internal static string? Refusal(Pod pod, string container, bool isPrevious)
    {
        var name = pod.Metadata.Name;
        var status = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).Concat(pod.Status.EphemeralContainerStatuses)
            .FirstOrDefault(s => s.Name == container);
        if (status is null)
            return $"container \"{container}\" in pod \"{name}\" is not available";
        if (isPrevious)
            return status.LastState.Terminated is { ContainerID.Length: > 0 } ? null : $"previous terminated container \"{container}\" in pod \"{name}\" not found";
        if (status.State.Running is not null || status.State.Terminated is { ContainerID.Length: > 0 } || status.LastState.Terminated is not null)
            return null;
        if (status.State.Terminated is not null)
            return $"container \"{container}\" in pod \"{name}\" is terminated";

        return status.State.Waiting?.Reason switch
        {
            null => $"container \"{container}\" in pod \"{name}\" is waiting to start - no logs yet",
            "ErrImagePull" => $"container \"{container}\" in pod \"{name}\" is waiting to start: image can't be pulled",
            "ImagePullBackOff" => $"container \"{container}\" in pod \"{name}\" is waiting to start: trying and failing to pull image",
            var reason => $"container \"{container}\" in pod \"{name}\" is waiting to start: {reason}",
        };
    }

    internal static bool TryOptions(IQueryCollection query, TimeProvider clock, out LogOptions options, out string complaint)
    {
        options = new();
        if (!TryNumber(query, "tailLines", out var tail, out complaint)
            || !TryNumber(query, "limitBytes", out var limit, out complaint)
            || !TryNumber(query, "sinceSeconds", out var seconds, out complaint))
        {
            return false;
        }

        DateTimeOffset? since = seconds is { } age ? clock.GetUtcNow().AddSeconds(-age) : null;
        if (query["sinceTime"].ToString() is { Length: > 0 } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                complaint = $"parsing time \"{text}\" as RFC 3339 failed";
                return false;
            }

            since = time;
        }

        var stream = query["stream"].ToString();
        options = new(
            tail, since, IsTrue(query["timestamps"]), limit, IsTrue(query["follow"]), stream is "" or "All" ? "" : stream.ToLowerInvariant());
        return true;
    }

    private static bool TryNumber(IQueryCollection query, string name, out long? value, out string complaint)
    {
        (value, complaint) = (null, "");
        var text = query[name].ToString();
        if (text.Length == 0)
            return true;

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            complaint = $"strconv.ParseInt: parsing \"{text}\": invalid syntax";
            return false;
        }

        value = number < 0 ? null : number;
        return true;
    }

    private static IEnumerable<string> Names(Pod pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(c => c.Name).Concat(pod.Spec.EphemeralContainers.Select(c => c.Name));

    private static bool IsTrue(string? text) => text is "true" or "1";
}
