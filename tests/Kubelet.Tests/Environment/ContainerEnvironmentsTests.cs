using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Tests.Volumes;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Environment;

public sealed class ContainerEnvironmentsTests
{
    private static readonly NodeResources Node = new(Cpus: 4, MemoryBytes: 8L << 30, StorageBytes: 100L << 30, MaxPods: 110);
    private readonly FakeReferences _objects = new();
    private readonly List<Service> _services = [];

    [Fact]
    public async Task Later_sources_override_earlier_ones_and_references_see_what_stands_before_them()
    {
        _objects.Add(Map("defaults", ("COLOR", "red"), ("SIZE", "9")));
        var container = new Objects.CoreV1.Container
        {
            EnvFrom = [new() { Prefix = "P_", ConfigMapRef = new() { Name = "defaults" } }],
            Env =
            [
                new() { Name = "P_COLOR", Value = "blue" },
                new() { Name = "BOTH", Value = "$(P_COLOR) $(P_SIZE) $(LATER)" },
                new() { Name = "LATER", Value = "x" },
            ],
            Command = ["run", "$(BOTH)"],
            Args = ["$$(BOTH)", "$(MISSING)"],
        };

        var result = await ResolveAsync(container);

        Assert.Equal(["P_SIZE=9", "P_COLOR=blue", "BOTH=blue 9 $(LATER)", "LATER=x"], Lines(result));
        Assert.Equal(["run", "blue 9 $(LATER)"], result.Command);
        Assert.Equal(["$(BOTH)", "$(MISSING)"], result.Args);
    }

    [Theory]
    [InlineData("metadata.name", "web")]
    [InlineData("metadata.namespace", "shop")]
    [InlineData("metadata.uid", "u1")]
    [InlineData("metadata.labels['app.kubernetes.io/name']", "w")]
    [InlineData("metadata.annotations['missing']", "")]
    [InlineData("spec.nodeName", "n1")]
    [InlineData("spec.serviceAccountName", "robot")]
    [InlineData("status.podIP", "10.1.0.5")]
    [InlineData("status.podIPs", "10.1.0.5,fd00::5")]
    [InlineData("status.hostIP", "192.0.2.7")]
    public async Task Fields_of_the_pod_are_told(string path, string expected)
    {
        var result = await ResolveAsync(new() { Env = [new() { Name = "V", ValueFrom = new() { FieldRef = new() { FieldPath = path } } }] });

        Assert.Equal([$"V={expected}"], Lines(result));
    }

    [Theory]
    [InlineData("limits.cpu", "", "2")]
    [InlineData("limits.cpu", "1m", "1500")]
    [InlineData("requests.cpu", "", "1")]
    [InlineData("requests.memory", "1Mi", "64")]
    [InlineData("limits.memory", "1Gi", "8")]
    [InlineData("requests.ephemeral-storage", "", "0")]
    public async Task Resources_are_told_in_units_of_the_divisor_rounded_up(string resource, string divisor, string expected)
    {
        var container = new Objects.CoreV1.Container
        {
            Resources = new()
            {
                Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("1500m") },
                Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("250m"), ["memory"] = Quantity.Parse("64Mi") },
            },
            Env =
            [
                new()
                {
                    Name = "V",
                    ValueFrom = new() { ResourceFieldRef = new() { Resource = resource, Divisor = divisor.Length > 0 ? Quantity.Parse(divisor) : default } },
                },
            ],
        };

        Assert.Equal([$"V={expected}"], Lines(await ResolveAsync(container)));
    }

    [Fact]
    public async Task What_is_missing_is_said_in_upstreams_words()
    {
        _objects.Add(Map("have", ("k", "v")));
        _objects.Add(new Secret { Metadata = new() { Name = "hush", Namespace = "shop" }, Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["k"] = "s"u8.ToArray() } });

        Assert.Equal("configmap \"nope\" not found", await ComplaintAsync(new() { ConfigMapKeyRef = new() { Name = "nope", Key = "k" } }));
        Assert.Equal("secret \"nope\" not found", await ComplaintAsync(new() { SecretKeyRef = new() { Name = "nope", Key = "k" } }));
        Assert.Equal("couldn't find key nokey in ConfigMap shop/have", await ComplaintAsync(new() { ConfigMapKeyRef = new() { Name = "have", Key = "nokey" } }));
        Assert.Equal("couldn't find key nokey in Secret shop/hush", await ComplaintAsync(new() { SecretKeyRef = new() { Name = "hush", Key = "nokey" } }));
    }

    [Fact]
    public async Task An_optional_key_that_is_missing_makes_no_variable()
    {
        var result = await ResolveAsync(new()
        {
            EnvFrom = [new() { SecretRef = new() { Name = "nope", Optional = true } }],
            Env = [new() { Name = "V", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "nope", Key = "k", Optional = true } } }],
        });

        Assert.Empty(result.Variables);
    }

    [Fact]
    public async Task Services_of_the_namespace_and_the_api_server_are_told_and_own_variables_win()
    {
        _services.AddRange(Service("default", "kubernetes", "10.96.0.1", ("https", 443)), Service("shop", "web-db", "10.96.0.9", ("", 5432)),
            Service("other", "hidden", "10.96.0.8", ("", 1)), Service("shop", "headless", "None", ("", 1)));

        var lines = Lines(await ResolveAsync(new() { Env = [new() { Name = "WEB_DB_PORT", Value = "mine" }] }));

        Assert.Contains("KUBERNETES_SERVICE_HOST=10.96.0.1", lines);
        Assert.Contains("KUBERNETES_SERVICE_PORT_HTTPS=443", lines);
        Assert.Contains("WEB_DB_SERVICE_HOST=10.96.0.9", lines);
        Assert.Contains("WEB_DB_PORT_5432_TCP=tcp://10.96.0.9:5432", lines);
        Assert.Contains("WEB_DB_PORT_5432_TCP_ADDR=10.96.0.9", lines);
        Assert.Contains("WEB_DB_PORT=mine", lines);
        Assert.DoesNotContain("WEB_DB_PORT=tcp://10.96.0.9:5432", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("HIDDEN", StringComparison.Ordinal) || l.StartsWith("HEADLESS", StringComparison.Ordinal));
    }

    private async Task<string> ComplaintAsync(EnvVarSource source) => (await Assert.ThrowsAsync<ContainerConfigException>(
        async () => await ResolveAsync(new() { Env = [new() { Name = "V", ValueFrom = source }] }))).Message;

    private ValueTask<ContainerEnvironment> ResolveAsync(Objects.CoreV1.Container container)
    {
        var pod = new Pod
        {
            Metadata = new() { Name = "web", Namespace = "shop", Uid = "u1", Labels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "w" } },
            Spec = new() { NodeName = "n1", ServiceAccountName = "robot" },
        };
        return new ContainerEnvironments(_objects, new ListOf<Service>(_services), Node, ["192.0.2.7"])
            .ResolveAsync(pod, container, ["10.1.0.5", "fd00::5"], TestContext.Current.CancellationToken);
    }

    private static string[] Lines(ContainerEnvironment environment) => [.. environment.Variables.Select(v => $"{v.Key}={v.Value.ToStringUtf8()}")];

    private static ConfigMap Map(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new() { Name = name, Namespace = "shop" },
        Data = data.ToDictionary(d => d.Key, d => d.Value),
    };

    private static Service Service(string ns, string name, string ip, params (string Name, int Port)[] ports) => new()
    {
        Metadata = new() { Name = name, Namespace = ns },
        Spec = new() { ClusterIP = ip, Ports = [.. ports.Select(p => new ServicePort { Name = p.Name, Port = p.Port, Protocol = "TCP" })] },
    };
}
