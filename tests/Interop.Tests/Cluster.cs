using k8s;
using k8s.Autorest;
using k8s.Models;
using KubeSharp.Client.Config;

namespace KubeSharp.Interop.Tests;

/// <summary>The cluster that tests/Interop/run has started, seen through the official .NET client, and a namespace of the test class's own in it.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private Kubernetes? _client;

    /// <summary>KUBECONFIG alone is not enough: it may name a cluster that is somebody's.</summary>
    private static string? Config => Environment.GetEnvironmentVariable("NODE_NETNS") is null ? null : Environment.GetEnvironmentVariable("KUBECONFIG");

    public Kubernetes Client
    {
        get
        {
            Assert.SkipWhen(_client is null, "there is no cluster: tests/Interop/run dotnet starts one");
            return _client!;
        }
    }

    public string Namespace { get; } = "net-" + Guid.NewGuid().ToString("N")[..8];

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Config is not { } path)
            return;

        _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(path));
        await _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new() { Name = Namespace } }, cancellationToken: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is null)
            return;

        await _client.CoreV1.DeleteNamespaceAsync(Namespace, cancellationToken: CancellationToken.None);
        _client.Dispose();
    }

    /// <summary>The server as our own client sees it.</summary>
    public static ClusterAccess Access() => Kubeconfig.Load(Config!).Access();

    /// <summary>What the server says when it refuses.</summary>
    public static async Task<V1Status> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<HttpOperationException>(call);
        var status = KubernetesJson.Deserialize<V1Status>(refused.Response.Content);
        Assert.Equal((int)refused.Response.StatusCode, status.Code);
        return status;
    }

    public V1ConfigMap ConfigMap(string name, params (string Key, string Value)[] data) =>
        new() { Metadata = new() { Name = name, NamespaceProperty = Namespace }, Data = data.ToDictionary(d => d.Key, d => d.Value) };

    /// <summary>Creates a pod and waits, by a watch, until it is ready.</summary>
    public async Task StartPodAsync(string name, string image, params string[] command)
    {
        await Client.CoreV1.CreateNamespacedPodAsync(
            new()
            {
                Metadata = new() { Name = name },
                Spec = new() { TerminationGracePeriodSeconds = 1, Containers = [new() { Name = "c", Image = image, Command = command.Length > 0 ? command : null }] },
            },
            Namespace,
            cancellationToken: Ct);
        await foreach (var (_, pod) in Client.CoreV1.WatchListNamespacedPodAsync(Namespace, fieldSelector: $"metadata.name={name}", timeoutSeconds: 60, cancellationToken: Ct))
        {
            if (pod.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)
                return;
        }

        Assert.Fail($"{name} did not become ready");
    }
}
