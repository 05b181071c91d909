using System.CommandLine;
using System.Globalization;
using System.Net;

namespace KubeSharp.Host.Config;

/// <summary>The flags of <c>kubesharp server</c>. A config file (<c>--config</c>, YAML) holds the same names without dashes in front; flags win.</summary>
internal sealed class ServerFlags
{
    private static readonly ServerOptions Default = new();

    private readonly Option<string?> _config = Text("config", "A YAML file with the same names as these flags");
    private readonly Option<string?> _dataDir = Text("data-dir", "What must survive a restart", Default.DataDir);
    private readonly Option<string?> _runDir = Text("run-dir", "Sockets and pid files", Default.RunDir);
    private readonly Option<string?> _kubeconfig = Text("write-kubeconfig", "Where to write the administrator's kubeconfig", Default.KubeconfigPath);
    private readonly Option<string?> _bind = Text("bind-address", "Where the API listens", "0.0.0.0");
    private readonly Option<string?> _port = Text("https-listen-port", "The API's port", "6443");
    private readonly Option<string?> _nodeIp = Text("node-ip", "How other machines reach this one (default: from the default route)");
    private readonly Option<string?> _nodeName = Text("node-name", "The node's name (default: the host's name)");
    private readonly Option<string?> _sans = Text("tls-san", "Further names for the server's certificate, comma-separated");
    private readonly Option<string?> _clusterCidr = Text("cluster-cidr", "Pod addresses", Default.ClusterCidr);
    private readonly Option<string?> _serviceCidr = Text("service-cidr", "Service addresses; an IPv4 network, or one and an IPv6 network after a comma", Default.ServiceCidr);
    private readonly Option<string?> _nodePorts = Text("service-node-port-range", "Ports for NodePort services", Default.NodePortRange);
    private readonly Option<string?> _domain = Text("cluster-domain", "The DNS domain of the cluster", Default.ClusterDomain);
    private readonly Option<string?> _kubeletPort = Text("kubelet-port", "The node agent's port", "10250");
    private readonly Option<string?> _cgroupRoot = Text("cgroup-root", "The parent cgroup of all pods", Default.CgroupRoot);
    private readonly Option<string?> _endpoint = Text("container-runtime-endpoint", "A CRI socket to use instead of a containerd of our own");
    private readonly Option<string?> _pause = Text("pause-image", "The image that holds a pod's namespaces", Default.PauseImage);
    private readonly Option<string?> _disable = Text("disable", "Components to leave out, comma-separated: controllers,scheduler,kubelet,proxy,network");
    private readonly Option<string?> _tracing = Text("tracing-config-file", "A TracingConfiguration: where spans of requests are sent (default: nowhere)");
    private readonly AuditFlags _audit = new();
    private readonly Option<string?> _encryption = Text("encryption-provider-config", "An EncryptionConfiguration: what is stored encrypted (default: Secrets, with a key made at the first start)");
    private readonly Option<string?> _encryptionReload = Text("encryption-provider-config-automatic-reload", "Whether a change of that file is used without a restart (the cluster's own always is)", "false");
    private readonly Option<string?> _historyDuration = Text("history-duration", "How long old versions and deleted objects can be restored, like 7d, 12h or 30m", "7d");
    private readonly Option<string?> _historySize = Text("history-size", "How much of the store they may take, like 1Gi; the oldest go first", "1Gi");
    private readonly Option<string?> _maxRequests = Text("max-requests-inflight", "How many reads are served at once; priority levels share the sum of this and the next", "400");
    private readonly Option<string?> _maxWrites = Text("max-mutating-requests-inflight", "How many writes are served at once", "200");
    private readonly Option<string?> _fairness = Text("enable-priority-and-fairness", "Whether requests wait for their turn when there are too many", "true");
    private readonly Option<string?> _logLevel = Text("log-level", "trace, debug, info, warn or error", Default.LogLevel);
    private readonly Option<string?> _logFormat = Text("log-format", "text or json", Default.LogFormat);

    public IReadOnlyList<Option> All =>
    [
        _config, _dataDir, _runDir, _kubeconfig, _bind, _port, _nodeIp, _nodeName, _sans, _clusterCidr, _serviceCidr, _nodePorts,
        _domain, _kubeletPort, _cgroupRoot, _endpoint, _pause, _disable, _historyDuration, _historySize, _maxRequests, _maxWrites, _fairness, _tracing, _encryption, _encryptionReload, _logLevel, _logFormat,
        .. _audit.All,
    ];

    /// <exception cref="StartException">The config file or a value cannot be read; the message lists every problem.</exception>
    public ServerOptions Read(ParseResult result)
    {
        var file = ConfigFile.Read(result.GetValue(_config), [.. All.Select(Name)]);
        var problems = new List<string>();
        string Value(Option<string?> flag, string fallback) => result.GetValue(flag) ?? file.GetValueOrDefault(Name(flag)) ?? fallback;

        var (auditPolicy, audit) = _audit.Read(Value, problems);
        var options = new ServerOptions
        {
            DataDir = Value(_dataDir, Default.DataDir),
            RunDir = Value(_runDir, Default.RunDir),
            KubeconfigPath = Value(_kubeconfig, Default.KubeconfigPath),
            BindAddress = Address(Value(_bind, ""), _bind, problems) ?? Default.BindAddress,
            Port = Number(Value(_port, "6443"), _port, problems),
            NodeIp = Address(Value(_nodeIp, ""), _nodeIp, problems),
            NodeName = Value(_nodeName, ""),
            TlsSans = List(Value(_sans, "")),
            ClusterCidr = Value(_clusterCidr, Default.ClusterCidr),
            ServiceCidr = Value(_serviceCidr, Default.ServiceCidr),
            NodePortRange = Value(_nodePorts, Default.NodePortRange),
            ClusterDomain = Value(_domain, Default.ClusterDomain),
            KubeletPort = Number(Value(_kubeletPort, "10250"), _kubeletPort, problems),
            CgroupRoot = Value(_cgroupRoot, Default.CgroupRoot),
            RuntimeEndpoint = Value(_endpoint, ""),
            PauseImage = Value(_pause, Default.PauseImage),
            Disable = List(Value(_disable, "")),
            TracingConfigFile = Value(_tracing, ""),
            AuditPolicyFile = auditPolicy,
            Audit = audit,
            EncryptionConfigFile = Value(_encryption, ""),
            ReloadsEncryptionConfig = Truth(Value(_encryptionReload, "false"), _encryptionReload, problems),
            HistoryDuration = Duration(Value(_historyDuration, "7d"), _historyDuration, problems),
            HistoryBytes = Size(Value(_historySize, "1Gi"), _historySize, problems),
            MaxRequests = Number(Value(_maxRequests, "400"), _maxRequests, problems),
            MaxMutatingRequests = Number(Value(_maxWrites, "200"), _maxWrites, problems),
            HasFairness = Truth(Value(_fairness, "true"), _fairness, problems),
            LogLevel = Value(_logLevel, Default.LogLevel),
            LogFormat = Value(_logFormat, Default.LogFormat),
        };
        problems.AddRange(OptionsCheck.Problems(options));
        return problems.Count == 0 ? options : throw new StartException(string.Join("\n", problems));
    }

    private static Option<string?> Text(string name, string description, string? standard = null) =>
        new("--" + name) { Description = standard is null ? description : $"{description} [default: {standard}]" };

    private static string Name(Option flag) => flag.Name.TrimStart('-');

    private static int Number(string text, Option flag, List<string> problems)
    {
        if (int.TryParse(text, out var number))
            return number;

        problems.Add($"{flag.Name}: \"{text}\" is not a number");
        return 1;
    }

    private static bool Truth(string text, Option flag, List<string> problems)
    {
        if (bool.TryParse(text, out var isTrue))
            return isTrue;

        problems.Add($"{flag.Name}: \"{text}\" is neither true nor false");
        return false;
    }

    private static TimeSpan Duration(string text, Option flag, List<string> problems)
    {
        // A count and a unit. A century is more than any store will hold, and no date overflows.
        const double Most = 100 * 366;
        double? days = text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            ? text[^1] switch { 'd' => count, 'h' => count / 24, 'm' => count / 24 / 60, 's' => count / 24 / 3600, _ => null }
            : text == "0" ? 0 : null;
        if (days is >= 0 and <= Most)
            return TimeSpan.FromDays(days.Value);

        problems.Add($"{flag.Name}: \"{text}\" is not a time like 7d, 12h or 30m");
        return default;
    }

    private static long Size(string text, Option flag, List<string> problems)
    {
        if (Quantity.TryParse(text, out var size) && size >= Quantity.Zero && size <= Quantity.FromBytes(long.MaxValue / 2))
            return size.Value;

        problems.Add($"{flag.Name}: \"{text}\" is not a size in bytes like 1Gi or 500Mi");
        return 0;
    }

    private static IPAddress? Address(string text, Option flag, List<string> problems)
    {
        if (text.Length == 0)
            return null;
        if (IPAddress.TryParse(text, out var address))
            return address;

        problems.Add($"{flag.Name}: \"{text}\" is not an IP address");
        return null;
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
