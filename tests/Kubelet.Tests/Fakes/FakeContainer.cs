using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

internal sealed record FakeContainer(string Id, int Number, string SandboxId, ContainerConfig Config, string LogPath, long CreatedAt)
{
    public ContainerState State { get; set; } = ContainerState.ContainerCreated;
    public long StartedAt { get; set; }
    public long FinishedAt { get; set; }
    public int ExitCode { get; set; }
    public string Reason { get; set; } = "";
    public LinuxContainerResources Resources { get; set; } = Config.Linux?.Resources ?? new();

    public Container ToListItem() => new()
    {
        Id = Id,
        PodSandboxId = SandboxId,
        Metadata = Config.Metadata,
        Image = Config.Image,
        ImageRef = Config.Image?.Image ?? "",
        State = State,
        CreatedAt = CreatedAt,
        Labels = { Config.Labels },
        Annotations = { Config.Annotations },
    };

    public ContainerStatus ToStatus() => new()
    {
        Id = Id,
        Metadata = Config.Metadata,
        State = State,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        ExitCode = ExitCode,
        Image = Config.Image,
        ImageRef = Config.Image?.Image ?? "",
        Reason = Reason,
        LogPath = LogPath,
        Mounts = { Config.Mounts },
        Labels = { Config.Labels },
        Annotations = { Config.Annotations },
        Resources = new() { Linux = Resources },
    };
}
