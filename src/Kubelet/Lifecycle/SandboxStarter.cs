using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Objects.NodeV1;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Starts pods' sandboxes.</summary>
internal sealed class SandboxStarter(IRuntime runtime, RuntimeReader reader, IClient client, IEventRecorder events, NodeFacts facts)
{
    /// <summary>What a sandbox of this pod is, or was, made from.</summary>
    public PodSandboxConfig ConfigOf(Pod pod, int attempt, string cgroupParent) =>
        SandboxConfigs.Of(pod, attempt, cgroupParent, facts, NodeResolver.Read(facts.ResolvConf));

    /// <exception cref="StartException">It did not start; an event says so.</exception>
    public async Task<SandboxInstance> StartAsync(Pod pod, PodSandboxConfig config, CancellationToken ct)
    {
        try
        {
            Directory.CreateDirectory(config.LogDirectory);
            var id = await runtime.RunSandboxAsync(config, await HandlerOfAsync(pod, ct), ct);
            return await reader.ReadSandboxAsync(id, ct) ?? throw new StartException("CreatePodSandboxError", $"sandbox \"{id}\" is gone");
        }
        catch (RuntimeException e)
        {
            throw Failed(pod, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(pod, e.Message, e);
        }
    }

    private async Task<string> HandlerOfAsync(Pod pod, CancellationToken ct)
    {
        if (pod.Spec.RuntimeClassName is not { Length: > 0 } name)
            return "";

        return await client.FindAsync<RuntimeClass>(new("", name), ct) is { } found
            ? found.Handler
            : throw Failed(pod, $"RuntimeClass \"{name}\" not found", null);
    }

    private StartException Failed(Pod pod, string message, Exception? inner)
    {
        events.Record(pod, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {message}");
        return new("CreatePodSandboxError", message, inner);
    }
}
