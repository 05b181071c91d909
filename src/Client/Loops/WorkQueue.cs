namespace KubeSharp.Client.Loops;

/// <summary>
/// Keys to work on, as client-go's rate-limited queue: a key waits once however often it is added, is never handed out twice at once, and
/// comes back later the more often it fails. Driven by one timer; nothing polls.
/// </summary>
public sealed class WorkQueue : IWorkQueue, IDisposable
{
    /// <summary>client-go's item exponential failure rate limiter.</summary>
    public static readonly Backoff DefaultBackoff = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000));

    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly Backoff _backoff;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly long _began;
    private readonly QueueMetrics? _metrics;

    private readonly Queue<ObjectKey> _ready = new();
    private readonly SemaphoreSlim _readyCount = new(0);
    private bool _isDisposed;

    /// <summary>Keys to work on that are not being worked on by their latest state: waiting in <see cref="_ready"/>, or added while worked on.</summary>
    private readonly HashSet<ObjectKey> _dirty = [];
    private readonly HashSet<ObjectKey> _working = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly Dictionary<ObjectKey, TimeSpan> _due = [];

    /// <summary>May hold a key more than once; only the entry that agrees with <see cref="_due"/> counts.</summary>
    private readonly PriorityQueue<ObjectKey, TimeSpan> _delayed = new();

    public WorkQueue(TimeProvider clock, Random random)
        : this(clock, random, DefaultBackoff)
    {
    }

    /// <param name="name">Under which the queue is counted in metrics.</param>
    public WorkQueue(TimeProvider clock, Random random, string name)
        : this(clock, random, DefaultBackoff) => _metrics = new(name, clock);

    public WorkQueue(TimeProvider clock, Random random, Backoff backoff)
    {
        (_clock, _random, _backoff, _began) = (clock, random, backoff, clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => AddDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys ready to be taken.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _ready.Count;
        }
    }

    public void Add(ObjectKey key)
    {
        lock (_gate)
            Add_NeedsLock(key);
    }

    /// <summary>Adds the key after the delay, or earlier if it was already due earlier.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            if (delay <= TimeSpan.Zero)
                Add_NeedsLock(key);
            else
                Delay_NeedsLock(key, Now + delay);
        }
    }

    /// <summary>The next key, when there is one. Each must be given back with <see cref="Done"/>.</summary>
    public async ValueTask<ObjectKey> TakeAsync(CancellationToken ct)
    {
        await _readyCount.WaitAsync(ct);
        lock (_gate)
        {
            var key = _ready.Dequeue();
            _dirty.Remove(key);
            _working.Add(key);
            _metrics?.Taken(key);
            return key;
        }
    }

    /// <summary>The key has been worked on; if it was added meanwhile, it is ready again.</summary>
    public void Done(ObjectKey key)
    {
        lock (_gate)
        {
            _working.Remove(key);
            _metrics?.Done(key);
            if (_dirty.Contains(key))
                Ready_NeedsLock(key);
        }
    }

    /// <summary>Adds the key after a wait that doubles with each call, until <see cref="Forget"/>.</summary>
    /// <returns>How often in a row the key has failed.</returns>
    public int AddFailed(ObjectKey key)
    {
        lock (_gate)
        {
            var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
            _metrics?.Retried();
            Delay_NeedsLock(key, Now + _backoff.After(failures, _random));
            return failures;
        }
    }

    /// <summary>The key is well; its next failure is its first.</summary>
    public void Forget(ObjectKey key)
    {
        lock (_gate)
            _failures.Remove(key);
    }

    /// <summary>Keys added later are ignored: those who add them, an informer's handlers, live longer than the queue.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isDisposed = true;
        _timer.Dispose();
        _metrics?.Dispose();
        _readyCount.Dispose();
    }

    private TimeSpan Now => _clock.GetElapsedTime(_began);

    private void Add_NeedsLock(ObjectKey key)
    {
        if (!_dirty.Add(key))
            return;

        _metrics?.Added(key);
        if (!_working.Contains(key))
            Ready_NeedsLock(key);
    }

    private void Ready_NeedsLock(ObjectKey key)
    {
        if (_isDisposed)
            return;

        _metrics?.Ready();
        _ready.Enqueue(key);
        _readyCount.Release();
    }

    private void Delay_NeedsLock(ObjectKey key, TimeSpan due)
    {
        if (_due.TryGetValue(key, out var known) && known <= due)
            return;

        _due[key] = due;
        _delayed.Enqueue(key, due);
        if (_delayed.TryPeek(out _, out var first) && first == due)
            SetTimer_NeedsLock(due);
    }

    private void AddDue()
    {
        lock (_gate)
        {
            while (_delayed.TryPeek(out var key, out var due))
            {
                if (due > Now)
                {
                    SetTimer_NeedsLock(due);
                    return;
                }

                _delayed.Dequeue();
                if (!_due.TryGetValue(key, out var latest) || latest != due)
                    continue; // replaced by an earlier one that has been served

                _due.Remove(key);
                Add_NeedsLock(key);
            }
        }
    }

    private void SetTimer_NeedsLock(TimeSpan due)
    {
        // Timers count whole milliseconds and round down: without the extra one this would spin until the moment comes.
        var wait = due - Now + TimeSpan.FromMilliseconds(1);
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
