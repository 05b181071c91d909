using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>The ConfigMap from which aggregated servers learn whom to believe. Several servers over one store add up in it. Pure.</summary>
internal static class AuthenticationTrust
{
    public const string Name = "extension-apiserver-authentication";

    /// <summary>Authorities that ended so long ago are dropped.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    public static ConfigMap Of(FrontProxy proxy)
    {
        var data = new Dictionary<string, string>();
        if (proxy.ClientAuthorities.Count > 0)
            data["client-ca-file"] = Pem(proxy.ClientAuthorities);
        if (proxy.Authorities.Count > 0)
        {
            data["requestheader-client-ca-file"] = Pem(proxy.Authorities);
            data["requestheader-allowed-names"] = List(proxy.AllowedNames);
            data["requestheader-username-headers"] = List([RequestHeaders.User]);
            data["requestheader-uid-headers"] = List([RequestHeaders.Uid]);
            data["requestheader-group-headers"] = List([RequestHeaders.Group]);
            data["requestheader-extra-headers-prefix"] = List([RequestHeaders.ExtraPrefix]);
        }

        return new() { Metadata = new() { Name = Name, Namespace = "kube-system" }, Data = data };
    }

    /// <summary>What is there with what this server adds; null if that is nothing.</summary>
    public static ConfigMap? Combined(ConfigMap now, ConfigMap then, DateTimeOffset at)
    {
        var data = new Dictionary<string, string>(now.Data);
        foreach (var (key, wanted) in then.Data)
        {
            var present = now.Data.GetValueOrDefault(key, "");
            data[key] = key.EndsWith("-ca-file", StringComparison.Ordinal) ? Authorities(present, wanted, at) : List([.. Names(present).Union(Names(wanted))]);
        }

        return data.Count == now.Data.Count && data.All(d => now.Data[d.Key] == d.Value) ? null : now with { Data = data };
    }

    private static string Authorities(string present, string wanted, DateTimeOffset at)
    {
        var all = new X509Certificate2Collection();
        foreach (var pem in new[] { present, wanted })
        {
            try
            {
                all.ImportFromPem(pem);
            }
            catch (CryptographicException)
            {
                // Somebody wrote something else here. Only what can be read is kept.
            }
        }

        return Pem([.. all.Where(c => c.NotAfter.ToUniversalTime() > at.UtcDateTime - Slack).DistinctBy(c => c.Thumbprint)]);
    }

    private static string Pem(X509Certificate2Collection certificates) => string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n"));

    private static string List(IReadOnlyList<string> names) => $"[{string.Join(',', names.Select(n => $"\"{JsonEncodedText.Encode(n)}\""))}]";

    private static IEnumerable<string> Names(string list)
    {
        try
        {
            using var document = JsonDocument.Parse(list.Length == 0 ? "[]" : list);
            return [.. document.RootElement.EnumerateArray().Select(n => n.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
