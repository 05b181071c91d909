using KubeSharp.Client;
using KubeSharp.Objects.PolicyV1;
using KubeSharp.Objects.StorageV1;
using KubeSharp.Scheduler.Cycle;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Scheduler;

/// <summary>The scheduler: gives every pod without a node the node that suits it best.</summary>
/// <param name="random">Breaks ties between nodes; used by one thread.</param>
public sealed class SchedulerComponent(
    IClient client, IInformers informers, IEventRecorder events, TimeProvider clock, Random random, ILoggerFactory logs)
{
    /// <summary>Runs until cancelled. It may run again afterwards, as when the lease was lost and won back: nothing is kept between runs.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var (nodes, pods, namespaces, budgets) = (informers.For<Node>(), informers.For<Pod>(), informers.For<Namespace>(), informers.For<PodDisruptionBudget>());
        var (claims, volumes, classes) = (informers.For<PersistentVolumeClaim>(), informers.For<PersistentVolume>(), informers.For<StorageClass>());
        var inbox = new Inbox();
        using var ofNamespaces = namespaces.Subscribe(inbox.Post);
        using var ofNodes = nodes.Subscribe(inbox.Post);
        using var ofClasses = classes.Subscribe(inbox.Post);
        using var ofVolumes = volumes.Subscribe(inbox.Post);
        using var ofClaims = claims.Subscribe(inbox.Post);
        using var ofPods = pods.Subscribe(inbox.Post);

        // All at once and then the loop: half a cluster would be scheduled as if it were the whole.
        await Task.WhenAll(
            namespaces.WaitForSyncAsync(ct), nodes.WaitForSyncAsync(ct), pods.WaitForSyncAsync(ct), budgets.WaitForSyncAsync(ct),
            claims.WaitForSyncAsync(ct), volumes.WaitForSyncAsync(ct), classes.WaitForSyncAsync(ct));

        var outbox = new Outbox(client, events, inbox, clock, logs.CreateLogger<Outbox>());
        var search = new NodeSearch(Profiles.Default, random);
        var loop = new SchedulingLoop(
            Profiles.Default, search, new(search, random), inbox, outbox, budgets, clock, logs.CreateLogger<SchedulingLoop>());

        // If one of the two ends, the other must not go on alone.
        using var together = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var tasks = new[] { loop.RunAsync(together.Token), outbox.RunAsync(together.Token) };
        await Task.WhenAny(tasks);
        await together.CancelAsync();
        await Task.WhenAll(tasks);
    }
}
