using System.Collections.Concurrent;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>How many seconds refused clients are told to wait: one at first, doubled while a level refuses much, one less when it refuses little.</summary>
internal sealed class RetryAdvice(TimeProvider clock)
{
    private const long Most = 32;
    private readonly ConcurrentDictionary<string, History> _levels = new();

    /// <summary>Notes a refusal.</summary>
    public long Refused(string level) => _levels.GetOrAdd(level, static _ => new()).Refused(clock.GetUtcNow().ToUnixTimeSeconds());

    private sealed class History
    {
        private readonly Lock _gate = new();
        private readonly Queue<(long Second, long Count)> _past = new();
        private long _second;
        private long _count;
        private long _after = 1;
        private long _raised;

        public long Refused(long second)
        {
            lock (_gate)
            {
                if (second == _second)
                {
                    _count++;
                    return _after;
                }

                _past.Enqueue((_second, _count));
                while (_past.TryPeek(out var oldest) && second - oldest.Second > Math.Min(2 * _after, Most))
                    _past.Dequeue();
                (_second, _count) = (second, 1);
                Adjust_NeedsLock(second);
                return _after;
            }
        }

        private void Adjust_NeedsLock(long second)
        {
            var lately = _past.Where(p => second - p.Second <= _after && p.Second < second).Sum(p => p.Count);
            if (second - _raised >= _after && lately >= 3 * _after)
                (_after, _raised) = (Math.Min(2 * _after, Most), second);
            else if (lately < _after && _after > 1)
                _after--;
        }
    }
}
