using System.Net;
using KubeSharp.ApiServer.Audit;

namespace KubeSharp.Host.Config;

/// <summary>What <c>kubesharp server</c> was asked to do: a whole cluster of one node. Defaults are those of the flags named.</summary>
internal sealed record ServerOptions
{
    /// <summary><c>--data-dir</c>: what must survive a restart.</summary>
    public string DataDir { get; init; } = "/var/lib/kubesharp";

    /// <summary><c>--run-dir</c>: sockets and pid files.</summary>
    public string RunDir { get; init; } = "/run/kubesharp";

    /// <summary><c>--write-kubeconfig</c>: the administrator's way in.</summary>
    public string KubeconfigPath { get; init; } = "/etc/kubesharp/kubeconfig";

    /// <summary><c>--bind-address</c>: where the API listens.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary><c>--https-listen-port</c>.</summary>
    public int Port { get; init; } = 6443;

    /// <summary><c>--advertise-address</c>, <c>--node-ip</c>: how other machines reach this one; found from the default route if not given.</summary>
    public IPAddress? NodeIp { get; init; }

    /// <summary><c>--tls-san</c>: further names and addresses for the server's certificate.</summary>
    public IReadOnlyList<string> TlsSans { get; init; } = [];

    /// <summary><c>--node-name</c>; the host's name in lower case if not given.</summary>
    public string NodeName { get; init; } = "";

    /// <summary><c>--history-duration</c>: how long old versions and deleted objects can be looked at and restored.</summary>
    public TimeSpan HistoryDuration { get; init; } = TimeSpan.FromDays(7);

    /// <summary><c>--history-size</c>: how much of the store's file they may take, in bytes; the oldest go first.</summary>
    public long HistoryBytes { get; init; } = 1L << 30;

    /// <summary><c>--cluster-cidr</c>: pod addresses; each node gets a /24 of it.</summary>
    public string ClusterCidr { get; init; } = "10.42.0.0/16";

    /// <summary><c>--service-cidr</c>: service addresses; its first is the API server's. A second network, of IPv6, may follow after a comma.</summary>
    public string ServiceCidr { get; init; } = "10.43.0.0/16";

    /// <summary><c>--service-node-port-range</c>.</summary>
    public string NodePortRange { get; init; } = "30000-32767";

    /// <summary><c>--cluster-domain</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary><c>--kubelet-port</c>.</summary>
    public int KubeletPort { get; init; } = 10250;

    /// <summary><c>--cgroup-root</c>: the cgroup below which <c>kubepods</c> with all pods is.</summary>
    public string CgroupRoot { get; init; } = "/";

    /// <summary><c>--container-runtime-endpoint</c>; empty: kubesharp starts and owns a containerd.</summary>
    public string RuntimeEndpoint { get; init; } = "";

    /// <summary><c>--pause-image</c>.</summary>
    public string PauseImage { get; init; } = "localhost/kubesharp/pause:1";

    /// <summary><c>--disable</c>: components to leave out: <c>controllers scheduler kubelet proxy network</c>.</summary>
    public IReadOnlyList<string> Disable { get; init; } = [];

    /// <summary><c>--max-requests-inflight</c>; its sum with the next is what priority levels share.</summary>
    public int MaxRequests { get; init; } = 400;

    /// <summary><c>--max-mutating-requests-inflight</c>.</summary>
    public int MaxMutatingRequests { get; init; } = 200;

    /// <summary><c>--enable-priority-and-fairness</c>: requests wait for their turn when there are too many.</summary>
    public bool HasFairness { get; init; } = true;

    /// <summary><c>--tracing-config-file</c>; empty: nothing is traced.</summary>
    public string TracingConfigFile { get; init; } = "";

    /// <summary><c>--audit-policy-file</c>; empty: nothing is noted of requests.</summary>
    public string AuditPolicyFile { get; init; } = "";

    /// <summary>The other <c>--audit-…</c> flags: where events go.</summary>
    public AuditOptions Audit { get; init; } = new();

    /// <summary><c>--encryption-provider-config</c>; empty for the one in the data directory, made at the first start.</summary>
    public string EncryptionConfigFile { get; init; } = "";

    /// <summary><c>--encryption-provider-config-automatic-reload</c>.</summary>
    public bool ReloadsEncryptionConfig { get; init; }

    /// <summary><c>--log-level</c>: trace, debug, info, warn, error.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>--log-format</c>: text or json.</summary>
    public string LogFormat { get; init; } = "text";

    public bool Runs(string component) => !Disable.Contains(component);
}
