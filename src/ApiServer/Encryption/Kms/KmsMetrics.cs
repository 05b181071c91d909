using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>What key services are asked, under upstream's names. Key ids are shown as hashes only.</summary>
internal static class KmsMetrics
{
    private static readonly Histogram<double> Calls = ApiServerMeter.Instance.Histogram(
        "apiserver_envelope_encryption_kms_operations_latency_seconds", "[ALPHA] How long calls to key services took, and how they ended.", Buckets.Exponential(0.0001, 2, 20));
    private static readonly Counter<long> KeyUses = ApiServerMeter.Instance.Counter(
        "apiserver_envelope_encryption_key_id_hash_total", "[ALPHA] How often values were encrypted or decrypted with the key of an id.");
    private static readonly Counter<long> InvalidIds = ApiServerMeter.Instance.Counter(
        "apiserver_envelope_encryption_invalid_key_id_from_status_total", "[ALPHA] How often a key service told an id that cannot be one.");
    private static readonly Gauge<double> Told = ApiServerMeter.Instance.Gauge(
        "apiserver_envelope_encryption_key_id_hash_status_last_timestamp_seconds", "[ALPHA] When a key service last told an id.");

    /// <summary>Data keys that had to be asked for.</summary>
    public static Counter<long> CacheMisses { get; } = ApiServerMeter.Instance.PlainCounter(
        "apiserver_storage_envelope_transformation_cache_misses_total", "[ALPHA] Data keys that a key service had to decrypt.");

    public static void Called(string provider, string method, StatusCode code, TimeSpan took) => Calls.Record(
        took.TotalSeconds, Instruments.Labels(("grpc_status_code", code.ToString()), ("method_name", method), ("provider_name", provider)));

    /// <summary>What <see cref="Used"/> is told of a key: made once, for hashing costs.</summary>
    public static KeyValuePair<string, object?>[] UseOf(string provider, string keyId, string type) =>
        Instruments.Labels(("apiserver_id_hash", ""), ("key_id_hash", HashOf(keyId)), ("provider_name", provider), ("transformation_type", type));

    public static void Used(KeyValuePair<string, object?>[] use) => KeyUses.Add(1, use);

    public static void IdIsInvalid(string provider, string error) => InvalidIds.Add(1, Instruments.Labels(("error", error), ("provider_name", provider)));

    public static void IdWasTold(string provider, string keyId, DateTimeOffset now) =>
        Told.Record(now.ToUnixTimeMilliseconds() / 1000.0, Instruments.Labels(("apiserver_id_hash", ""), ("key_id_hash", HashOf(keyId)), ("provider_name", provider)));

    private static string HashOf(string keyId) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keyId)));
}
