using System.Globalization;
using KubeSharp.Kubelet.Cri;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary>exec, attach and port-forward: asks the runtime for the address of a stream, and joins the client to it.</summary>
internal sealed class StreamRoutes(IPods pods, IRuntimeStreams runtime, UpgradedRelay relay)
{
    public async Task ExecAsync(HttpContext context, ObjectKey pod, string uid, string container, CancellationToken ct)
    {
        var query = context.Request.Query;
        var isTty = IsSet(query, "tty");
        if (await FindContainerAsync(context, pod, uid, container) is not { } id || !await HasStreamsAsync(context))
            return;

        var request = new ExecRequest
        {
            ContainerId = id,
            Stdin = IsSet(query, "input"),
            Stdout = IsSet(query, "output"),
            Stderr = IsSet(query, "error") && !isTty, // a terminal has one output
            Tty = isTty,
        };
        request.Cmd.AddRange(query["command"].OfType<string>());
        await JoinAsync(context, () => runtime.ExecAsync(request, ct), ct);
    }

    public async Task AttachAsync(HttpContext context, ObjectKey pod, string uid, string container, CancellationToken ct)
    {
        var query = context.Request.Query;
        var isTty = IsSet(query, "tty");
        if (await FindContainerAsync(context, pod, uid, container) is not { } id || !await HasStreamsAsync(context))
            return;

        var request = new AttachRequest
        {
            ContainerId = id,
            Stdin = IsSet(query, "input"),
            Stdout = IsSet(query, "output"),
            Stderr = IsSet(query, "error") && !isTty,
            Tty = isTty,
        };
        await JoinAsync(context, () => runtime.AttachAsync(request, ct), ct);
    }

    public async Task PortForwardAsync(HttpContext context, ObjectKey key, string uid, CancellationToken ct)
    {
        if (await FindPodAsync(context, key, uid) is not { } pod)
            return;

        if (pods.SandboxId(pod) is not { } sandbox)
        {
            await Answer.TextAsync(context, StatusCodes.Status400BadRequest, $"pod \"{key.Name}\" is not running");
            return;
        }

        // WebSocket clients name their ports here; SPDY clients name one with each stream.
        var request = new PortForwardRequest { PodSandboxId = sandbox };
        foreach (var port in context.Request.Query["port"].SelectMany(p => (p ?? "").Split(',')))
        {
            if (int.TryParse(port, CultureInfo.InvariantCulture, out var number))
                request.Port.Add(number);
        }

        await JoinAsync(context, () => runtime.PortForwardAsync(request, ct), ct);
    }

    /// <summary><c>POST /run</c>: the command's output as the answer.</summary>
    public async Task RunAsync(HttpContext context, ObjectKey pod, string uid, string container, CancellationToken ct)
    {
        if (await FindContainerAsync(context, pod, uid, container) is not { } id)
            return;

        var result = await runtime.ExecSyncAsync(id, context.Request.Query["cmd"].ToString().Split(' '), TimeSpan.Zero, ct);
        var text = result.Stdout.ToStringUtf8() + result.Stderr.ToStringUtf8();
        await Answer.TextAsync(
            context, result.ExitCode == 0 ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, text);
    }

    private async Task JoinAsync(HttpContext context, Func<Task<Uri>> address, CancellationToken ct)
    {
        if (!UpgradedRelay.CanUpgrade(context))
        {
            await Answer.StatusAsync(context, ApiException.BadRequest("Upgrade request required"));
            return;
        }

        Uri target;
        try
        {
            target = await address();
        }
        catch (RuntimeException e)
        {
            await Answer.TextAsync(context, StatusCodes.Status500InternalServerError, e.Message);
            return;
        }

        await relay.JoinAsync(context, target, ct);
    }

    private async Task<string?> FindContainerAsync(HttpContext context, ObjectKey key, string uid, string container)
    {
        if (await FindPodAsync(context, key, uid) is not { } pod)
            return null;

        var id = pods.ContainerId(pod, container, isPrevious: false);
        if (id is null)
            await Answer.TextAsync(context, StatusCodes.Status404NotFound, $"container not found (\"{container}\")");
        return id;
    }

    private async Task<Pod?> FindPodAsync(HttpContext context, ObjectKey key, string uid)
    {
        var pod = pods.Find(key.Namespace, key.Name);
        if (pod is not null && (uid.Length == 0 || pod.Metadata.Uid == uid))
            return pod;

        await Answer.TextAsync(context, StatusCodes.Status404NotFound, "pod does not exist");
        return null;
    }

    private static async Task<bool> HasStreamsAsync(HttpContext context)
    {
        if (((string[])["input", "output", "error"]).Any(n => IsSet(context.Request.Query, n)))
            return true;

        await Answer.TextAsync(context, StatusCodes.Status400BadRequest, "you must specify at least 1 of stdin, stdout, stderr");
        return false;
    }

    private static bool IsSet(IQueryCollection query, string name) => query[name].ToString() is "1" or "true";
}
