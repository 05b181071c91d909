using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using Microsoft.Extensions.Logging.Abstractions;
using KubeSharp.Client.Election;
using KubeSharp.Client.Http;

namespace KubeSharp.Interop.Tests;

/// <summary>Their elector and ours campaign for the same Lease: never both, and each takes over from the other.</summary>
public sealed class ElectionTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => Cluster.Ct;

    [Fact]
    public async Task A_lease_goes_from_theirs_to_ours_and_back()
    {
        using var theirs = new Elector(cluster.Client, cluster.Namespace, "theirs");
        await theirs.Leads.Task.WaitAsync(Patience, TimeProvider.System, Ct);
        await using var ours = new Ours(cluster.Namespace);
        await Elector.SeenAsync(cluster, "theirs");
        Assert.False(ours.Leads.Task.IsCompleted);

        theirs.Stop();
        await ours.Leads.Task.WaitAsync(Patience, TimeProvider.System, Ct);
        var lease = await cluster.Client.CoordinationV1.ReadNamespacedLeaseAsync("lock", cluster.Namespace, cancellationToken: Ct);
        Assert.Equal(("ours", 1), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions));

        using var again = new Elector(cluster.Client, cluster.Namespace, "again");
        await ours.StopAsync(); // gives the lease back, so nobody has to wait until it has run out
        await again.Leads.Task.WaitAsync(Patience, TimeProvider.System, Ct);
    }

    private sealed class Elector : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Elector(IKubernetes client, string ns, string identity)
        {
            var elector = new LeaderElector(new(new LeaseLock(client, ns, "lock", identity)) { LeaseDuration = TimeSpan.FromSeconds(4), RenewDeadline = TimeSpan.FromSeconds(3), RetryPeriod = TimeSpan.FromSeconds(1) });
            elector.OnStartedLeading += () => Leads.TrySetResult();
            Running = elector.RunUntilLeadershipLostAsync(_stop.Token);
        }

        public TaskCompletionSource Leads { get; } = new();

        private Task Running { get; }

        public static async Task SeenAsync(Cluster cluster, string holder)
        {
            await foreach (var (_, lease) in cluster.Client.CoordinationV1.WatchListNamespacedLeaseAsync(cluster.Namespace, fieldSelector: "metadata.name=lock", timeoutSeconds: 20, cancellationToken: Ct))
            {
                Assert.Equal(holder, lease.Spec.HolderIdentity);
                if (lease.Spec.RenewTime > lease.Spec.AcquireTime)
                    return;
            }

            Assert.Fail("it was not renewed");
        }

        public void Stop() => _stop.Cancel();

        public void Dispose()
        {
            _stop.Cancel();
            _ = Running.Exception; // however it ended, it has
            _stop.Dispose();
        }
    }

    private sealed class Ours : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpMessageInvoker _http;
        private readonly Task _running;

        public Ours(string ns)
        {
            var access = Cluster.Access();
            _http = new(access.CreateHandler(TimeProvider.System));
            var client = new ApiClient(_http, access.Server, "election", TimeProvider.System, new Random(1));
            var options = new LeaderElectionOptions(new(ns, "lock"), "ours") { LeaseDuration = TimeSpan.FromSeconds(4), RenewDeadline = TimeSpan.FromSeconds(3), RetryPeriod = TimeSpan.FromSeconds(1) };
            _running = new LeaderElection(client, options, TimeProvider.System, new Random(2), NullLogger<LeaderElection>.Instance).RunAsync(LeadAsync, _stop.Token);
        }

        public TaskCompletionSource Leads { get; } = new();

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _http.Dispose();
            _stop.Dispose();
        }

        private Task LeadAsync(CancellationToken ct)
        {
            Leads.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
    }
}
