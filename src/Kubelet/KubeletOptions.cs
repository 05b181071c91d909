using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.Kubelet;

/// <summary>What the node's agent needs to know before it starts; defaults are upstream's.</summary>
public sealed record KubeletOptions
{
    /// <summary>Kubelet's <c>--hostname-override</c>.</summary>
    public required string NodeName { get; init; }

    /// <summary>What survives a reboot: <c>DATA/kubelet</c>, <c>DATA/containerd</c>, <c>DATA/images</c>.</summary>
    public string DataDir { get; init; } = "/var/lib/kubesharp";

    /// <summary>Sockets and pid files.</summary>
    public string RunDir { get; init; } = "/run/kubesharp";

    /// <summary>Kubelet's <c>--port</c>.</summary>
    public int Port { get; init; } = 10250;

    /// <summary>The node's own address; the first is reported as hostIP.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Where the kubelet's server listens; kubelet's <c>--address</c>.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Any;

    /// <summary>The cgroup under which everything of this node lives; <c>kubepods</c> is made below it. Kubelet's <c>--cgroup-root</c>.</summary>
    public string CgroupRoot { get; init; } = "/";

    /// <summary>Kubelet's <c>--container-runtime-endpoint</c>; empty: a containerd of our own.</summary>
    public string RuntimeEndpoint { get; init; } = "";

    public string CniBinDir { get; init; } = "/usr/lib/cni";

    public string CniConfDir { get; init; } = "/var/lib/kubesharp/cni/net.d";

    /// <summary>The image of the container that holds a pod's namespaces; the default is made here and comes from no registry.</summary>
    public string PauseImage { get; init; } = Runtime.PauseImage.Name;

    /// <summary>Kubelet's <c>--cluster-dns</c>.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Kubelet's <c>--pod-cidr</c> is the API's; this is its <c>--max-pods</c>.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Kubelet's <c>--register-with-taints</c>.</summary>
    public IReadOnlyList<Taint> RegisterWithTaints { get; init; } = [];

    /// <summary>Kubelet's <c>--node-labels</c>.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>The current serving certificate; asked at each handshake, so that a renewed one needs no restart.</summary>
    public Func<X509Certificate2?> ServingCertificate { get; init; } = () => null;

    /// <summary>Who may sign client certificates of the kubelet's server; empty: tokens only.</summary>
    public X509Certificate2Collection ClientCa { get; init; } = [];

    /// <summary>Kubelet's <c>containerLogMaxSize</c>, in bytes.</summary>
    public long ContainerLogMaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Kubelet's <c>containerLogMaxFiles</c>.</summary>
    public int ContainerLogMaxFiles { get; init; } = 5;

    /// <summary>Kubelet's <c>podLogsDir</c>.</summary>
    public string PodLogsDir { get; init; } = "/var/log/pods";

    public string KubeletDir => Path.Combine(DataDir, "kubelet");

    public string ContainerdDir => Path.Combine(DataDir, "containerd");

    public string ImagesDir => Path.Combine(DataDir, "images");
}
