using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

internal sealed record FakeSandbox(string Id, int Number, PodSandboxConfig Config, string Handler, long CreatedAt)
{
    public bool Ready { get; set; } = true;

    public PodSandbox ToListItem() => new()
    {
        Id = Id,
        Metadata = Config.Metadata,
        State = Ready ? PodSandboxState.SandboxReady : PodSandboxState.SandboxNotready,
        CreatedAt = CreatedAt,
        RuntimeHandler = Handler,
        Labels = { Config.Labels },
        Annotations = { Config.Annotations },
    };

    public PodSandboxStatus ToStatus()
    {
        var options = Config.Linux?.SecurityContext?.NamespaceOptions ?? new NamespaceOption();
        var onHost = options.Network == NamespaceMode.Node;
        return new()
        {
            Id = Id,
            Metadata = Config.Metadata,
            State = Ready ? PodSandboxState.SandboxReady : PodSandboxState.SandboxNotready,
            CreatedAt = CreatedAt,
            RuntimeHandler = Handler,
            Network = new() { Ip = Ready && !onHost ? $"10.88.{Number / 256}.{Number % 256}" : "" },
            Linux = new() { Namespaces = new() { Options = options } },
            Labels = { Config.Labels },
            Annotations = { Config.Annotations },
        };
    }
}
