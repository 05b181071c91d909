using KubeSharp.Client;
using KubeSharp.Objects.CoordinationV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>The node's heartbeat: renews its Lease every ten seconds. When it stops for forty the node counts as lost.</summary>
internal sealed partial class NodeLease(IClient client, NodeReporter reporter, string nodeName, TimeProvider clock, ILogger<NodeLease> log)
{
    private const int DurationSeconds = 40;
    private const int Attempts = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private Lease? _held;
    private Node? _owner;

    private ObjectKey Key => new("kube-node-lease", nodeName);

    public async Task RunAsync(CancellationToken ct)
    {
        _owner = await reporter.Registered.WaitAsync(ct);
        using var timer = new PeriodicTimer(Period, clock);
        var isFailing = false;
        do
        {
            var error = await TryRenewAsync(ct);
            if (error is not null && !isFailing)
                Failed(error, nodeName);
            isFailing = error is not null;
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <returns>The last attempt's error; <see langword="null"/> if one succeeded.</returns>
    private async Task<Exception?> TryRenewAsync(CancellationToken ct)
    {
        Exception? error = null;
        for (var i = 0; i < Attempts; i++)
        {
            try
            {
                await RenewAsync(ct);
                return null;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                (error, _held) = (e, null); // somebody changed or deleted it: read it again
            }

            await Task.Delay(RetryDelay, clock, ct);
        }

        return error;
    }

    /// <summary>One write; a read before it only when the last write is not known to be the newest version.</summary>
    internal async Task RenewAsync(CancellationToken ct)
    {
        var current = _held ?? await client.FindAsync<Lease>(Key, ct);
        _held = current is null ? await client.CreateAsync(Renewed(Lease.Empty), ct) : await client.UpdateAsync(Renewed(current), ct);
    }

    private Lease Renewed(Lease lease) => lease with
    {
        Metadata = lease.Metadata with
        {
            Name = Key.Name,
            Namespace = Key.Namespace,
            OwnerReferences = lease.Metadata.OwnerReferences.Count > 0 || _owner is null
                ? lease.Metadata.OwnerReferences
                : [new() { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = _owner.Metadata.Uid }],
        },
        Spec = lease.Spec with { HolderIdentity = nodeName, LeaseDurationSeconds = DurationSeconds, RenewTime = clock.GetUtcNow() },
    };

    [LoggerMessage(1, LogLevel.Warning, "The lease of Node {Name} cannot be renewed; trying again")]
    private partial void Failed(Exception e, string name);
}
