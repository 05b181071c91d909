using System.Collections.Concurrent;
using KubeSharp.Client.Caching;
using KubeSharp.Client.Http;
using KubeSharp.Client.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class ControllerLoopTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_controller_starts_synced_retries_what_failed_and_looks_again_when_asked()
    {
        var ct = TestContext.Current.CancellationToken;
        var mayList = false;
        var server = new ScriptedServer(r =>
            r.Path.Contains("watch=", StringComparison.Ordinal) || !mayList
                ? throw new HttpRequestException("away")
                : ScriptedServer.Json("""{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"namespace":"ns","name":"a","resourceVersion":"1"}}]}"""));
        var client = new ApiClient(new HttpMessageInvoker(server), new("https://server"), "tests", _clock, new Random(1));
        var informers = new Informers(client, _clock, new Random(1), NullLoggerFactory.Instance);
        var controller = new Recorder(informers.For<Pod>());
        var loop = new ControllerLoop(_clock, new Random(1), NullLoggerFactory.Instance);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var run = Task.WhenAll(informers.RunAsync(stop.Token), loop.RunAsync(controller, informers, stop.Token));
        await _clock.RunUntilAsync(() => server.Requests.Count >= 3, TimeSpan.FromMilliseconds(100), ct);
        Assert.Empty(controller.Calls);

        mayList = true;
        await _clock.RunUntilAsync(() => controller.Calls.Count >= 4, TimeSpan.FromMilliseconds(100), ct);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(["a found", "a found", "a found", "a found"], controller.Calls.Take(4));
    }

    /// <summary>Fails twice, then asks to be called again in an hour.</summary>
    private sealed class Recorder(ILister<Pod> pods) : IController, IReconciler
    {
        public ConcurrentQueue<string> Calls { get; } = [];

        public string Name => "recorder";

        public IReconciler Reconciler => this;

        public void Watch(IInformers informers, IWorkQueue queue) =>
            informers.For<Pod>().Subscribe((old, now) => queue.Add(ObjectKey.Of((now ?? old)!)));

        public Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
        {
            Calls.Enqueue($"{key.Name} {(pods.Find(key) is null ? "missing" : "found")}");
            return Calls.Count switch
            {
                1 => throw new InvalidOperationException("bug"),
                2 => throw ApiException.Modified("", "pods", key.Name),
                _ => Task.FromResult(Requeue.After(TimeSpan.FromHours(1))),
            };
        }
    }
}
