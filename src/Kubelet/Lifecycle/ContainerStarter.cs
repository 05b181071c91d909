using System.Globalization;
using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Pods;
using Microsoft.Extensions.Logging;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Starts one life of a container: image, configuration, create, start, postStart hook.</summary>
internal sealed partial class ContainerStarter(
    IRuntime runtime, IImages images, ContainerConfigurer configurer, Hooks hooks, ContainerKiller killer, IEventRecorder events, NodeFacts facts, ILogger<ContainerStarter> log)
{
    /// <param name="targetId">The container whose processes an ephemeral container joins; empty for none.</param>
    /// <returns>The container's id.</returns>
    /// <exception cref="StartException">It did not start; an event says so.</exception>
    public async Task<string> StartAsync(PodContext context, ContainerStart start, string targetId, CancellationToken ct)
    {
        var (pod, container) = (context.Pod, start.Container);
        var image = await EnsureImageAsync(context, start, container, ct);
        var imageVolumes = await EnsureImageVolumesAsync(context, start, ct);
        var restartCount = await RestartCountAsync(pod, start, ct);
        var config = await ConfigureAsync(context, start, image, imageVolumes, restartCount, targetId, ct);

        string id;
        try
        {
            id = await runtime.CreateContainerAsync(context.SandboxId, config, context.Sandbox, ct);
        }
        catch (RuntimeException e)
        {
            throw Failed(pod, start, "CreateContainerError", e.Detail, e);
        }

        Record(pod, start, "Normal", "Created", "Container created");
        try
        {
            await runtime.StartContainerAsync(id, ct);
        }
        catch (RuntimeException e)
        {
            throw Failed(pod, start, "RunContainerError", e.Detail, e);
        }

        Record(pod, start, "Normal", "Started", "Container started");
        LinkLog(context, container, config, id);
        if (container.Lifecycle?.PostStart is { } postStart)
            await RunPostStartAsync(context, start, postStart, id, ct);
        return id;
    }

    private async Task<PresentImage> EnsureImageAsync(PodContext context, ContainerStart start, Container withImage, CancellationToken ct)
    {
        try
        {
            return await images.EnsureAsync(context.Pod, withImage, context.Sandbox, ct);
        }
        catch (ImageException e)
        {
            Record(context.Pod, start, "Warning", "Failed", $"Error: {e.Reason}");
            throw new StartException(e.Reason, e.Message, e);
        }
    }

    /// <summary>Images that the container mounts are fetched like its own.</summary>
    private async Task<Dictionary<string, string>> EnsureImageVolumesAsync(PodContext context, ContainerStart start, CancellationToken ct)
    {
        var references = new Dictionary<string, string>();
        foreach (var volume in context.Pod.Spec.Volumes)
        {
            if (volume.Image is not { } image || start.Container.VolumeMounts.All(m => m.Name != volume.Name))
                continue;

            var asked = start.Container with { Image = image.Reference, ImagePullPolicy = image.PullPolicy };
            references[volume.Name] = (await EnsureImageAsync(context, start, asked, ct)).Reference;
        }

        return references;
    }

    private async Task<ContainerConfig> ConfigureAsync(
        PodContext context, ContainerStart start, PresentImage image, Dictionary<string, string> imageVolumes, int restartCount, string targetId, CancellationToken ct)
    {
        try
        {
            return await configurer.ConfigureAsync(context, start, image, imageVolumes, restartCount, targetId, ct);
        }
        catch (ContainerConfigException e)
        {
            throw Failed(context.Pod, start, "CreateContainerConfigError", e.Message, e);
        }
        catch (RuntimeException e)
        {
            throw Failed(context.Pod, start, "CreateContainerConfigError", e.Detail, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(context.Pod, start, "CreateContainerConfigError", e.Message, e);
        }
    }

    /// <summary>One more than the life before. A container that was made but never started had no life: it makes way.</summary>
    private async Task<int> RestartCountAsync(Pod pod, ContainerStart start, CancellationToken ct)
    {
        if (start.Last is not { } last)
            return FromLogs(Path.Combine(SandboxConfigs.LogDirectoryOf(pod, facts), start.Container.Name));
        if (last.State != InstanceState.Created)
            return last.RestartCount + 1;

        await runtime.RemoveContainerAsync(last.Id, ct);
        return last.RestartCount;
    }

    /// <summary>Where the runtime lost its containers (its disk was cleared), the logs still tell how many there were.</summary>
    private static int FromLogs(string directory)
    {
        if (!Directory.Exists(directory))
            return 0;

        return Directory.EnumerateFiles(directory, "*.log")
            .Select(f => int.TryParse(Path.GetFileNameWithoutExtension(f), CultureInfo.InvariantCulture, out var n) ? n + 1 : 0)
            .DefaultIfEmpty(0).Max();
    }

    private async Task RunPostStartAsync(PodContext context, ContainerStart start, LifecycleHandler postStart, string id, CancellationToken ct)
    {
        var (pod, container) = (context.Pod, start.Container);
        var podIp = context.PodIps.Count > 0 ? context.PodIps[0] : "";
        try
        {
            await hooks.RunAsync(postStart, container, id, podIp, ct);
        }
        catch (HookException e)
        {
            PostStartFailed(e, pod.Metadata.Namespace, pod.Metadata.Name, container.Name);
            Record(pod, start, "Warning", "FailedPostStartHook", "PostStartHook failed");
            var instance = new ContainerInstance { Id = id, Name = container.Name, State = InstanceState.Running };
            try
            {
                await killer.KillAsync(pod, container, start.Kind, instance, "FailedPostStartHook", ContainerKiller.GraceOf(pod), podIp, ct);
            }
            catch (RuntimeException)
            {
                // The runtime does not answer: the next look at the pod finds the container as it is.
            }

            throw new StartException("PostStartHookError", "PostStartHook failed", e);
        }
    }

    /// <summary>The link log shippers follow: <c>POD_NAMESPACE_CONTAINER-ID.log</c>.</summary>
    private void LinkLog(PodContext context, Container container, ContainerConfig config, string id)
    {
        if (facts.ContainerLogsRoot.Length == 0)
            return;

        var (pod, target) = (context.Pod.Metadata, Path.Combine(context.Sandbox.LogDirectory, config.LogPath));
        try
        {
            Directory.CreateDirectory(facts.ContainerLogsRoot);
            var link = Path.Combine(facts.ContainerLogsRoot, $"{pod.Name}_{pod.Namespace}_{container.Name}-{id}.log");
            File.CreateSymbolicLink(link, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LinkFailed(e, pod.Namespace, pod.Name, container.Name);
        }
    }

    private StartException Failed(Pod pod, ContainerStart start, string reason, string message, Exception inner)
    {
        Record(pod, start, "Warning", "Failed", $"Error: {message}");
        return new(reason, message, inner);
    }

    private void Record(Pod pod, ContainerStart start, string type, string reason, string message) =>
        events.Record(pod, type, reason, message, PodContainers.FieldPath(start.Kind, start.Container.Name));

    [LoggerMessage(1, LogLevel.Warning, "The postStart hook of container {Container} of pod {Namespace}/{Pod} failed")]
    private partial void PostStartFailed(Exception e, string @namespace, string pod, string container);

    [LoggerMessage(2, LogLevel.Debug, "No link to the log of container {Container} of pod {Namespace}/{Pod}")]
    private partial void LinkFailed(Exception e, string @namespace, string pod, string container);
}
