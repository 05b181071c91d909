using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>
/// The plain bound where fairness is off: so many reads and so many writes at once; the rest is told to come back, but for
/// administrators. Watches do not count.
/// </summary>
public sealed class InFlightLimit : ITurns
{
    private static readonly Uncounted Free = new();
    private readonly Counted? _reads;
    private readonly Counted? _writes;

    /// <param name="options">A limit of 0 is none.</param>
    public InFlightLimit(FairnessOptions options) =>
        (_reads, _writes) = (options.ReadLimit > 0 ? new(options.ReadLimit) : null, options.WriteLimit > 0 ? new(options.WriteLimit) : null);

    ValueTask<ISeat?> ITurns.EnterAsync(HttpContext context, RequestInfo info, Identity user, RequestNotes notes, CancellationToken ct)
    {
        var counted = info.Verb switch
        {
            "watch" => null,
            "get" or "list" => _reads,
            _ => _writes,
        };
        if (counted is null)
            return new(Free);
        if (counted.TryTake())
            return new(counted);
        return user.Groups.Contains(Identity.Masters) ? new(Free) : RefuseAsync(context, ct);
    }

    private static async ValueTask<ISeat?> RefuseAsync(HttpContext context, CancellationToken ct)
    {
        await Refusal.AnswerAsync(context, after: 1, ct);
        return null;
    }

    private sealed class Uncounted : ISeat
    {
        public void Release()
        {
            // nothing is held
        }

        public void End()
        {
            // nothing is held
        }
    }

    /// <summary>One for all requests of its sort, so that a seat costs no allocation.</summary>
    private sealed class Counted(int most) : ISeat
    {
        private int _taken;

        public bool TryTake()
        {
            var taken = Volatile.Read(ref _taken);
            while (taken < most)
            {
                var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
                if (seen == taken)
                    return true;

                taken = seen;
            }

            return false;
        }

        public void Release()
        {
            // only watches give their seats back early, and those are not counted
        }

        public void End() => Interlocked.Decrement(ref _taken);
    }
}
