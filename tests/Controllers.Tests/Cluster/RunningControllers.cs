using KubeSharp.Client.Caching;
using KubeSharp.Client.Events;
using KubeSharp.Client.Loops;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>A controller manager: chosen controllers with informers of their own, as after a start of the process.</summary>
internal sealed class RunningControllers : IAsyncDisposable
{
    public const string AuthorityPem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    /// <param name="reads">Feeds the informers; a test may let it lag.</param>
    /// <param name="names">Of controllers; none for all.</param>
    public RunningControllers(IClient reads, Func<string, IClient> clientFor, ControllerOptions options, TimeProvider clock, ILoggerFactory logs, IReadOnlyCollection<string> names)
    {
        Informers = new Informers(reads, clock, Random.Shared, logs);
        var recorders = new Dictionary<string, EventRecorder>();
        IEventRecorder EventsFor(string name)
        {
            if (!recorders.TryGetValue(name, out var recorder))
            {
                recorders[name] = recorder = new(clientFor(name), name, "", clock, Random.Shared, logs.CreateLogger<EventRecorder>());
                _loops.Add(recorder.RunAsync(_stop.Token));
            }

            return recorder;
        }

        var list = new ControllerList(options, clientFor, EventsFor, clock, logs);
        var chosen = list.All.Where(c => names.Count == 0 || names.Contains(c.Name)).ToList();
        Assert.True(names.Count == 0 || chosen.Count == names.Count, $"not all of {string.Join(", ", names)} are controllers");
        if (chosen.Any(c => c.Name == Names.Garbage))
            _loops.Add(list.RunSourcesAsync(_stop.Token));
        foreach (var controller in chosen)
            _loops.Add(new ControllerLoop(clock, Random.Shared, logs).RunAsync(controller, Informers, _stop.Token));
        _loops.Add(Informers.RunAsync(_stop.Token));
    }

    public Informers Informers { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var loop in _loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loop is { IsFaulted: true, Exception.InnerException: { } e } and not { Exception.InnerException: OperationCanceledException })
                throw new InvalidOperationException("a loop of the controllers died", e);
        }

        _stop.Dispose();
    }
}
