using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Counts what is encrypted and decrypted of one resource.</summary>
internal sealed class TransformationMetrics(string resource, TimeProvider clock)
{
    private static readonly Histogram<double> Times = ApiServerMeter.Instance.Histogram(
        "apiserver_storage_transformation_duration_seconds", "[ALPHA] How long a stored value took to encrypt or decrypt.", Buckets.Exponential(5e-6, 2, 25));
    private static readonly Counter<long> Operations = ApiServerMeter.Instance.Counter(
        "apiserver_storage_transformation_operations_total", "[ALPHA] Stored values that were encrypted (to_storage) or decrypted (from_storage), and how that ended.");

    private readonly ConcurrentDictionary<(string Type, string Prefix), (KeyValuePair<string, object?>[] Time, KeyValuePair<string, object?>[] Done)> _labels = new();

    /// <returns>What the end is told.</returns>
    public long Begin() => clock.GetTimestamp();

    public void Read(string prefix, long began) => Done("from_storage", prefix.Length == 0 ? "identity" : prefix, began);

    public void Written(string prefix, long began) => Done("to_storage", prefix, began);

    public void CouldNotRead(string prefix, string code) => Operations.Add(1, Labels("from_storage", prefix, code));

    public void CouldNotWrite(string prefix, string code) => Operations.Add(1, Labels("to_storage", prefix, code));

    private void Done(string type, string prefix, long began)
    {
        var (time, done) = _labels.GetOrAdd((type, prefix), static (k, r) => (
            Instruments.Labels(("resource", r), ("transformation_type", k.Type), ("transformer_prefix", k.Prefix)),
            Instruments.Labels(("resource", r), ("status", "OK"), ("transformation_type", k.Type), ("transformer_prefix", k.Prefix))), resource);
        Times.Record(clock.GetElapsedTime(began).TotalSeconds, time);
        Operations.Add(1, done);
    }

    private KeyValuePair<string, object?>[] Labels(string type, string prefix, string status) =>
        Instruments.Labels(("resource", resource), ("status", status), ("transformation_type", type), ("transformer_prefix", prefix));
}
