using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.Kinds.Fairness;
using KubeSharp.Objects.FlowcontrolV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>API Priority and Fairness: the flow schemas and priority levels in force, which follow their objects.</summary>
/// <remarks>Requests read one frozen set of flows; the loop alone makes a new one. What objects lack, <see cref="FlowUpkeep"/> writes.</remarks>
internal sealed partial class FairnessControl
{
    private static readonly TimeSpan AdjustEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly IObjects _objects;
    private readonly FlowUpkeep _upkeep;
    private readonly FairnessOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ITimer _adjusting;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PriorityLevel> _levels = [];
    private readonly ConcurrentDictionary<(string Level, string Schema), FlowStats> _stats = new();
    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One waiting wake-up is as good as many.</summary>
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Flow[] _flows = [];
    private int _isArmed;

    public FairnessControl(IObjects objects, FlowUpkeep upkeep, FairnessOptions options, TimeProvider clock, ILogger<FairnessControl> log)
    {
        (_objects, _upkeep, _options, _clock, _log) = (objects, upkeep, options, clock, log);
        _adjusting = clock.CreateTimer(static c => ((FairnessControl)c!).Adjust(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Digest([], []);
    }

    public FairnessOptions Options => _options;

    public IReadOnlyCollection<FlowStats> Stats => (IReadOnlyCollection<FlowStats>)_stats.Values;

    public IReadOnlyList<PriorityLevel> Levels
    {
        get
        {
            lock (_gate)
                return [.. _levels.Values.OrderBy(l => l.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The first schema, by precedence and name, that the request is of; <c>catch-all</c> if there is none.</summary>
    public Flow Classify(Identity user, RequestInfo info)
    {
        var flows = Volatile.Read(ref _flows);
        foreach (var flow in flows)
        {
            if (FlowMatch.Matches(flow.Schema.Spec, user, info))
                return flow;
        }

        return flows.First(f => f.Schema.Metadata.Name == MandatoryFlows.CatchAll);
    }

    /// <summary>Seats are in demand: limits will be looked at.</summary>
    public void Stir()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
            _adjusting.Change(AdjustEvery, Timeout.InfiniteTimeSpan);
    }

    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Makes sure that the objects of a new cluster are there; from now on they are kept. Tries until it succeeds.</summary>
    public async Task EstablishAsync(CancellationToken ct)
    {
        while (!await TryAsync(ct))
            await Task.Delay(RetryPause, _clock, ct);
        _established.TrySetResult();
    }

    /// <summary>Follows the objects until cancelled; then limits stay as they are.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var adjusting = _adjusting;
        Wake();
        try
        {
            while (await _wakes.Reader.ReadAsync(ct))
            {
                if (!_established.Task.IsCompleted)
                {
                    Digest(_objects.List<PriorityLevelConfiguration>(), _objects.List<FlowSchema>());
                }
                else if (!await TryAsync(ct))
                {
                    await Task.Delay(RetryPause, _clock, ct);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the server ends
        }
    }

    /// <summary>Takes the objects as they are, then writes what they should be: the change wakes the loop again.</summary>
    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            await _upkeep.EnsureAsync(ct);
            Digest(_objects.List<PriorityLevelConfiguration>(), _objects.List<FlowSchema>());
            await _upkeep.TellDanglingAsync(ct);
            return true;
        }
        catch (ApiException e)
        {
            LogRetry(e.Message);
            return false;
        }
    }

    private void Digest(IReadOnlyList<PriorityLevelConfiguration> levels, IReadOnlyList<FlowSchema> schemas)
    {
        lock (_gate)
        {
            // The mandatory ones are in force even while their objects are missing.
            var wanted = levels.Concat(SuggestedFlows.Levels.Where(l => MandatoryFlows.Level(l.Metadata.Name) is not null)).DistinctBy(l => l.Metadata.Name).ToDictionary(l => l.Metadata.Name);
            foreach (var (name, configuration) in wanted)
            {
                if (!_levels.TryGetValue(name, out var level))
                    _levels.Add(name, level = new(configuration, _clock));
                level.IsQuiescing = false;
                level.Configure(configuration);
            }

            foreach (var gone in _levels.Values.Where(l => !wanted.ContainsKey(l.Name)).ToList())
            {
                gone.IsQuiescing = true;
                if (gone.IsIdle)
                    _levels.Remove(gone.Name);
            }

            var shares = _levels.Values.Sum(l => l.Shares);
            foreach (var level in _levels.Values)
                level.Divide(_options.Seats, shares);
            Borrowing.Adjust(_levels.Values);
            var all = schemas.Concat(SuggestedFlows.Schemas.Where(s => MandatoryFlows.Schema(s.Metadata.Name) is not null)).DistinctBy(s => s.Metadata.Name);
            var flows = new List<Flow>();
            foreach (var schema in all)
            {
                if (_levels.TryGetValue(schema.Spec.PriorityLevelConfiguration.Name, out var level) && !level.IsQuiescing)
                    flows.Add(new(schema, level, _stats.GetOrAdd((level.Name, schema.Metadata.Name), static k => new(k.Level, k.Schema))));
            }

            Volatile.Write(ref _flows, [.. flows.OrderBy(f => f.Schema.Spec.MatchingPrecedence).ThenBy(f => f.Schema.Metadata.Name, StringComparer.Ordinal)]);
        }
    }

    /// <summary>Every ten seconds while seats are in demand or memory of that demand fades; an idle server does not come here.</summary>
    private void Adjust()
    {
        var goesOn = false;
        lock (_gate)
        {
            Borrowing.Adjust(_levels.Values);
            foreach (var level in _levels.Values)
                goesOn |= level.Smoothed > 0.01 || level.Demand.Peak > 0;
            if (_levels.Values.Any(l => l.IsQuiescing))
                Wake();
        }

        if (goesOn)
            _adjusting.Change(AdjustEvery, Timeout.InfiniteTimeSpan);
        else
            Volatile.Write(ref _isArmed, 0);
    }

    [LoggerMessage(LogLevel.Warning, "Flow schemas and priority levels cannot be kept in order yet: {Why}")]
    private partial void LogRetry(string why);
}
