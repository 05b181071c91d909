using System.Threading.Channels;
using KubeSharp.Client.Watching;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Caching;

/// <summary>The shared informers of a process. <see cref="RunAsync"/> owns their loops; informers asked for before it runs wait for it.</summary>
/// <param name="random">Must be safe to share, as <see cref="Random.Shared"/> is.</param>
public sealed partial class Informers(IClient client, TimeProvider clock, Random random, ILoggerFactory logs) : IInformers
{
    private static readonly TimeSpan PauseAfterBug = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Type Kind, ListQuery Query), object> _informers = [];
    private readonly ILogger _log = logs.CreateLogger<Informers>();
    private readonly ServerPresence _presence = new(logs.CreateLogger<ServerPresence>());

    // Bounded by the number of kinds and selectors the program asks for; nothing is ever dropped.
    private readonly Channel<Func<CancellationToken, Task>> _started = Channel.CreateUnbounded<Func<CancellationToken, Task>>(new() { SingleReader = true });

    public IInformer<T> For<T>()
        where T : class, IObject<T> => For<T>(new());

    public IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T>
    {
        lock (_gate)
        {
            if (_informers.TryGetValue((typeof(T), query), out var known))
                return (Informer<T>)known;

            var informer = new Informer<T>(_log);
            _informers[(typeof(T), query)] = informer;
            _started.Writer.TryWrite(ct => GuardAsync(informer, query, ct));
            return informer;
        }
    }

    /// <summary>Runs every informer asked for, now or later, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var running = new List<Task>();
        try
        {
            await foreach (var start in _started.Reader.ReadAllAsync(ct))
                running.Add(start(ct));
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // each ends by the same cancellation
        }
    }

    /// <summary>The boundary of one kind: a bug met in it is logged, and the other kinds go on.</summary>
    private async Task GuardAsync<T>(Informer<T> informer, ListQuery query, CancellationToken ct)
        where T : class, IObject<T>
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await informer.RunAsync(new(client, query, clock, random, _presence, _log), ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                InformerFailed(e, T.Type.QualifiedPlural);
                await Task.Delay(PauseAfterBug, clock, ct);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The informer of {Resource} failed and starts afresh; this is a bug")]
    private partial void InformerFailed(Exception e, string resource);
}
