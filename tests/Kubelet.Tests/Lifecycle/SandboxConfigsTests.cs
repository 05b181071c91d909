using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Tests.Fakes;
using Int64Value = KubeSharp.Kubelet.Cri.Int64Value;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

/// <summary>What the runtime is told.</summary>
public sealed class SandboxConfigsTests
{
    private const string NodeResolvConf = "nameserver 192.0.2.53\nsearch corp.example.com.\noptions timeout:3\n";
    private static readonly NodeFacts Facts = new() { NodeName = "node-1", HostIps = ["192.0.2.1"], ClusterDns = ["10.96.0.10"] };

    [InlineData("ClusterFirst", false, "10.96.0.10 | default.svc.cluster.local svc.cluster.local cluster.local corp.example.com | ndots:5")]
    [InlineData("ClusterFirst", true, "192.0.2.53 | corp.example.com | timeout:3")]
    [InlineData("ClusterFirstWithHostNet", true, "10.96.0.10 | default.svc.cluster.local svc.cluster.local cluster.local corp.example.com | ndots:5")]
    [InlineData("Default", false, "192.0.2.53 | corp.example.com | timeout:3")]
    [InlineData("None", false, " |  | ")]
    [Theory]
    public void The_dns_policy_chooses_the_servers(string policy, bool isOnHostNetwork, string expected)
    {
        var pod = PodsOf.One("p").With(s => s with { DnsPolicy = policy, HostNetwork = isOnHostNetwork });
        var dns = DnsConfigs.Of(pod, Facts, NodeResolvConf);
        Assert.Equal(expected, $"{string.Join(' ', dns.Servers)} | {string.Join(' ', dns.Searches)} | {string.Join(' ', dns.Options)}");
    }

    [Fact]
    public void A_pods_own_dns_is_added_and_its_options_win()
    {
        var pod = PodsOf.One("p").With(s => s with
        {
            DnsConfig = new()
            {
                Nameservers = ["10.96.0.10", "192.0.2.9"],
                Searches = ["own.example.com"],
                Options = [new() { Name = "ndots", Value = "2" }, new() { Name = "edns0" }],
            },
        });

        var dns = DnsConfigs.Of(pod, Facts, "");

        Assert.Equal(["10.96.0.10", "192.0.2.9"], dns.Servers);
        Assert.Equal("own.example.com", dns.Searches[^1]);
        Assert.Equal(["ndots:2", "edns0"], dns.Options);
    }

    [Fact]
    public void A_pod_knows_itself_and_its_aliases_by_name()
    {
        var pod = PodsOf.One("p").With(s => s with { Hostname = "h", Subdomain = "sub", HostAliases = [new() { Ip = "192.0.2.7", Hostnames = ["a", "b"] }] });

        var hosts = HostsFile.Of(pod, Facts, ["10.0.0.1"], "");

        Assert.Contains("\n10.0.0.1\th.sub.default.svc.cluster.local\th\n", hosts, StringComparison.Ordinal);
        Assert.EndsWith("\n# Entries added by HostAliases.\n192.0.2.7\ta\tb\n", hosts, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sandbox_carries_what_kubelets_and_plugins_look_for()
    {
        var pod = PodsOf.One("p", PodsOf.Named("web") with { Ports = [new() { ContainerPortValue = 80, HostPort = 8080, Protocol = "TCP" }] });
        pod = pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["app"] = "x" } } };

        var config = SandboxConfigs.Of(pod, attempt: 2, "/kubepods/podx", Facts, "");

        Assert.Equal("x", config.Labels["app"]);
        Assert.Equal("uid-p", config.Labels["io.kubernetes.pod.uid"]);
        Assert.Equal(("p", "/var/log/pods/default_p_uid-p", 2u), (config.Hostname, config.LogDirectory, config.Metadata.Attempt));
        Assert.Equal("/kubepods/podx", config.Linux.CgroupParent);
        Assert.Equal((80, 8080), (config.PortMappings[0].ContainerPort, config.PortMappings[0].HostPort));
    }

    [Fact]
    public void A_containers_word_on_its_security_comes_before_its_pods()
    {
        var web = PodsOf.Named("web") with
        {
            SecurityContext = new()
            {
                RunAsUser = 5,
                AllowPrivilegeEscalation = false,
                ReadOnlyRootFilesystem = true,
                Capabilities = new() { Add = ["NET_ADMIN"], Drop = ["ALL"] },
                SeccompProfile = new() { Type = "Localhost", LocalhostProfile = "x.json" },
            },
        };
        var pod = PodsOf.One("p", web).With(s => s with { HostPID = true, SecurityContext = new() { RunAsUser = 1, RunAsGroup = 2, FsGroup = 3, SupplementalGroups = [4] } });

        var context = SecurityContexts.Of(pod, web, ContainerKind.Regular, "", Facts);

        Assert.Equal((5, 2), (context.RunAsUser.Value, context.RunAsGroup.Value));
        Assert.Equal([4, 3], context.SupplementalGroups);
        Assert.True(context is { NoNewPrivs: true, ReadonlyRootfs: true, Privileged: false });
        Assert.Equal(NamespaceMode.Node, context.NamespaceOptions.Pid);
        Assert.Equal("/var/lib/kubesharp/kubelet/seccomp/x.json", context.Seccomp.LocalhostRef);
        Assert.Contains("/proc/kcore", context.MaskedPaths);
    }

    [InlineData(null, 0L, "", "container has runAsNonRoot and image will run as root (pod: \"p_default(uid-p)\", container: web)")]
    [InlineData(0L, null, "", "container's runAsUser breaks non-root policy (pod: \"p_default(uid-p)\", container: web)")]
    [InlineData(null, null, "www", "container has runAsNonRoot and image has non-numeric user (www), cannot verify user is non-root (pod: \"p_default(uid-p)\", container: web)")]
    [InlineData(null, 1000L, "", null)]
    [InlineData(1000L, null, "", null)]
    [Theory]
    public void A_container_that_must_not_be_root_is_not(long? user, long? imageUser, string imageName, string? error)
    {
        var web = PodsOf.Named("web") with { SecurityContext = new() { RunAsNonRoot = true, RunAsUser = user } };
        var image = new Image { Username = imageName, Uid = imageUser is { } uid ? new Int64Value { Value = uid } : null };

        var thrown = Record.Exception(() => SecurityContexts.CheckNonRoot(PodsOf.One("p", web), web, image));

        Assert.Equal(error, (thrown as ContainerConfigException)?.Message);
    }
}
