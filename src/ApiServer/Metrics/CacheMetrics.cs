using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Counts what one resource's watch cache does. Cheap to make: the instruments are the process's.</summary>
internal sealed class CacheMetrics(ResourceType type)
{
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Counter<long> CacheLists = Meter.Counter("apiserver_cache_list_total", "[ALPHA] Lists answered from the watch cache.");
    private static readonly Counter<long> CacheFetched = Meter.Counter("apiserver_cache_list_fetched_objects_total", "[ALPHA] Objects looked at in the watch cache for lists.");
    private static readonly Counter<long> CacheReturned = Meter.Counter("apiserver_cache_list_returned_objects_total", "[ALPHA] Objects given to lists from the watch cache.");
    private static readonly Counter<long> StoreLists = Meter.Counter("apiserver_storage_list_total", "[ALPHA] Lists answered from the store.");
    private static readonly Counter<long> StoreFetched = Meter.Counter("apiserver_storage_list_fetched_objects_total", "[ALPHA] Objects read from the store for lists.");
    private static readonly Counter<long> StoreEvaluated = Meter.Counter("apiserver_storage_list_evaluated_objects_total", "[ALPHA] Objects from the store that were tested against a list's selectors.");
    private static readonly Counter<long> StoreReturned = Meter.Counter("apiserver_storage_list_returned_objects_total", "[ALPHA] Objects given to lists from the store.");
    private static readonly Counter<long> Received = Meter.Counter("apiserver_watch_cache_events_received_total", "[ALPHA] Changes that came into the watch cache.");
    private static readonly Counter<long> StoreReceived = Meter.Counter("apiserver_storage_events_received_total", "[BETA] Changes that the store's watch brought.");
    private static readonly Counter<long> Dispatched = Meter.Counter("apiserver_watch_cache_events_dispatched_total", "[ALPHA] Changes that the watch cache handed to its watchers.");
    private static readonly Counter<long> Initializations = Meter.Counter("apiserver_watch_cache_initializations_total", "[ALPHA] How often the watch cache was filled from the store.");
    private static readonly Counter<long> InitEvents = Meter.Counter("apiserver_init_events_total", "[ALPHA] Objects and changes that watches began with.");
    private static readonly Counter<long> Terminated = Meter.Counter("apiserver_terminated_watchers_total", "[ALPHA] Watches that were ended because their client was too slow.");
    private static readonly Counter<long> Undecodable = Meter.Counter("apiserver_storage_decode_errors_total", "[ALPHA] Objects in the store that could not be read.");
    private static readonly Counter<long> Consistent = Meter.Counter("apiserver_watch_cache_consistent_read_total", "[ALPHA] Reads of the newest state, by whether the cache was in time for them.");
    private static readonly Histogram<double> Waits = Meter.Histogram(
        "apiserver_watch_cache_read_wait_seconds", "[ALPHA] How long reads waited for the watch cache.", [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3]);

    private readonly KeyValuePair<string, object?>[] _labels = Instruments.Labels(("group", type.Group), ("resource", type.Plural));
    private readonly KeyValuePair<string, object?>[] _indexed = Instruments.Labels(("group", type.Group), ("index", ""), ("resource", type.Plural));
    private readonly KeyValuePair<string, object?>[] _inTime = Instruments.Labels(("fallback", "false"), ("group", type.Group), ("resource", type.Plural), ("success", "true"));
    private readonly KeyValuePair<string, object?>[] _late = Instruments.Labels(("fallback", "true"), ("group", type.Group), ("resource", type.Plural), ("success", "true"));

    public void Listed(int fetched, int returned)
    {
        CacheLists.Add(1, _indexed);
        CacheFetched.Add(fetched, _indexed);
        CacheReturned.Add(returned, _labels);
    }

    public void ListedFromStore(int fetched, int evaluated, int returned)
    {
        StoreLists.Add(1, _labels);
        StoreFetched.Add(fetched, _labels);
        StoreEvaluated.Add(evaluated, _labels);
        StoreReturned.Add(returned, _labels);
    }

    public void Changed(int watchersTold)
    {
        StoreReceived.Add(1, _labels);
        Received.Add(1, _labels);
        if (watchersTold > 0)
            Dispatched.Add(1, _labels);
    }

    public void Filled() => Initializations.Add(1, _labels);

    public void WatchBegan(int objects)
    {
        if (objects > 0)
            InitEvents.Add(objects, _labels);
    }

    public void WatcherCut() => Terminated.Add(1, _labels);

    public void CouldNotDecode() => Undecodable.Add(1, _labels);

    public void ReadNewest(bool isInTime, TimeSpan waited)
    {
        Consistent.Add(1, isInTime ? _inTime : _late);
        Waits.Record(waited.TotalSeconds, _labels);
    }
}
