using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.WatchCache;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>Guesses what a request costs: a list by the bytes it goes through, a write by the watchers it is shown to.</summary>
internal sealed class WorkEstimate(CacheTable caches, Func<RequestInfo, Registry.ServedResource?> find, WatchCounts watches)
{
    private const int WatchesPerSeat = 10;
    private const int MostForWrites = 10;
    private const int MostForLists = 100;
    private const long BytesPerSeat = 100_000;

    /// <summary>A list from the cache is streamed: it never needs more memory at once.</summary>
    private const long MostBytes = 1_000_000;
    private static readonly TimeSpan EventTime = TimeSpan.FromMilliseconds(5);

    /// <param name="most">The level's own bound for one request.</param>
    public Work Of(RequestInfo info, IQueryCollection query, int most) => info.Verb switch
    {
        "list" => new(Math.Clamp(ListSeats(info, query), 1, Math.Min(most, MostForLists))),
        "watch" when BeginsWithState(query) => new(Math.Clamp(ListSeats(info, query), 1, Math.Min(most, MostForLists))),
        "create" or "update" or "patch" or "delete" when info.IsResource => OfWrite(info, Math.Min(most, MostForWrites)),
        _ => new(1),
    };

    private Work OfWrite(RequestInfo info, int most)
    {
        if (info is { Resource: "serviceaccounts", Subresource: "token" })
            return new(1);

        var count = watches.Interested(info);
        if (count < WatchesPerSeat)
            return new(1);

        var wide = (count + WatchesPerSeat - 1) / WatchesPerSeat;
        var seats = Math.Min(wide, most);
        return new(1, seats, EventTime * wide / seats);
    }

    private int ListSeats(RequestInfo info, IQueryCollection query)
    {
        if (find(info) is not { IsStored: true } resource || caches.Find((resource.StoredForm?.Resource ?? resource).StoragePrefix) is not { } cache)
            return 1;

        var (bytes, count) = (cache.Bytes, cache.Count);
        if (count == 0)
            return 1;

        long looked = info.Name.Length > 0 ? 1
            : info.Verb == "list" && long.TryParse(query["limit"], out var limit) && limit > 0 && limit < count ? limit
            : count;
        return (int)((Math.Min(looked * (bytes / count), MostBytes) + BytesPerSeat - 1) / BytesPerSeat);
    }

    /// <summary>Such a watch is a list first.</summary>
    private static bool BeginsWithState(IQueryCollection query) => query["resourceVersion"].ToString() is "" or "0" || query["sendInitialEvents"] == "true";
}
