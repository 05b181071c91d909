namespace KubeSharp.Kubelet.Pods;

/// <summary>What the runtime has of one pod, newest first. Immutable: one reading of the runtime.</summary>
internal sealed record PodRuntimeState(IReadOnlyList<SandboxInstance> Sandboxes, IReadOnlyList<ContainerInstance> Containers)
{
    public static PodRuntimeState Empty { get; } = new([], []);

    /// <summary>The newest sandbox, ready or not.</summary>
    public SandboxInstance? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;

    public SandboxInstance? ReadySandbox => Sandboxes.FirstOrDefault(s => s.IsReady);

    public bool IsEmpty => Sandboxes.Count == 0 && Containers.Count == 0;

    public IEnumerable<ContainerInstance> Running => Containers.Where(c => c.State == InstanceState.Running);

    public ContainerInstance? Newest(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The instance before the newest one.</summary>
    public ContainerInstance? Previous(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();

    /// <summary>Whether the pod came past its init containers in this sandbox.</summary>
    public bool HasStarted(Pod pod, string sandboxId) =>
        pod.Spec.Containers.Any(spec => Containers.Any(c => c.Name == spec.Name && c.SandboxId == sandboxId));
}

internal sealed record SandboxInstance(
    string Id, bool IsReady, int Attempt, DateTimeOffset CreatedAt, bool IsOnHostNetwork, IReadOnlyList<string> Ips);

internal enum InstanceState
{
    Created,
    Running,
    Exited,
    Unknown,
}

/// <summary>One life of a container.</summary>
internal sealed record ContainerInstance
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string SandboxId { get; init; } = "";

    public InstanceState State { get; init; }

    /// <summary>How many lives it had before this one.</summary>
    public int RestartCount { get; init; }

    /// <summary>The <see cref="ContainerHash"/> of the spec it was made from.</summary>
    public string Hash { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>The termination message, or the runtime's own words.</summary>
    public string Message { get; init; } = "";

    public string Image { get; init; } = "";

    public string ImageId { get; init; } = "";

    public string LogPath { get; init; } = "";

    /// <summary>Who it runs as, where the runtime tells.</summary>
    public ContainerUser? User { get; init; }

    public bool HasSucceeded => State == InstanceState.Exited && ExitCode == 0;
}
