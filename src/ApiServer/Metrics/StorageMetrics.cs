using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The store's own times, under the names etcd's have upstream.</summary>
internal sealed class StorageMetrics(string group, string resource)
{
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Histogram<double> Times = Meter.Histogram("etcd_request_duration_seconds", "[ALPHA] How long the store took, by operation and resource.", Buckets.Requests);
    private static readonly Counter<long> Requests = Meter.Counter("etcd_requests_total", "[ALPHA] Requests to the store.");
    private static readonly Counter<long> Errors = Meter.Counter("etcd_request_errors_total", "[ALPHA] Requests that the store failed.");

    private readonly KeyValuePair<string, object?>[] _get = Labels("get", group, resource);
    private readonly KeyValuePair<string, object?>[] _list = Labels("list", group, resource);
    private readonly KeyValuePair<string, object?>[] _create = Labels("create", group, resource);
    private readonly KeyValuePair<string, object?>[] _update = Labels("update", group, resource);
    private readonly KeyValuePair<string, object?>[] _delete = Labels("delete", group, resource);

    /// <summary>For spans: what the store was asked about.</summary>
    public string Resource { get; } = group.Length == 0 ? resource : $"{resource}.{group}";

    public void Done(StorageOperation operation, TimeSpan took, bool hasFailed)
    {
        var labels = operation switch
        {
            StorageOperation.Get => _get,
            StorageOperation.List => _list,
            StorageOperation.Create => _create,
            StorageOperation.Update => _update,
            _ => _delete,
        };
        Times.Record(took.TotalSeconds, labels);
        Requests.Add(1, labels);
        if (hasFailed)
            Errors.Add(1, labels);
    }

    private static KeyValuePair<string, object?>[] Labels(string operation, string group, string resource) =>
        Instruments.Labels(("group", group), ("operation", operation), ("resource", resource));
}

internal enum StorageOperation
{
    Get,
    List,
    Create,
    Update,
    Delete,
}
