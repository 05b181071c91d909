using System.Text;
using System.Text.Json;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about Secrets.</summary>
internal sealed class SecretKind : Kind<Secret>
{
    private const string AccountAnnotation = "kubernetes.io/service-account.name";

    public override IReadOnlyCollection<string> FieldNames => ["type"];

    public override IReadOnlyDictionary<string, string>? SelectableFields(Secret obj) => new Dictionary<string, string> { ["type"] = obj.Type };

    /// <summary><c>stringData</c> is for writing only: it is merged into <c>data</c> and never read back.</summary>
    public override Secret ApplyDefaults(Secret obj)
    {
        if (obj.StringData.Count > 0)
        {
            var data = new Dictionary<string, ReadOnlyMemory<byte>>(obj.Data);
            foreach (var (key, value) in obj.StringData)
                data[key] = Encoding.UTF8.GetBytes(value);
            obj = obj with { Data = data, StringData = Nil.Map<string>() };
        }

        return obj.Type.Length == 0 ? obj with { Type = "Opaque" } : obj;
    }

    public override void Validate(Secret obj, Findings findings)
    {
        DataRules.Keys(obj.Data.Keys, "data", findings);
        if (obj.Data.Values.Sum(v => (long)v.Length) > DataRules.MaxBytes)
            findings.TooLong("data", DataRules.MaxBytes);

        switch (obj.Type)
        {
            case "kubernetes.io/service-account-token":
                if (obj.Metadata.Annotations.GetValueOrDefault(AccountAnnotation, "").Length == 0)
                    findings.Required($"metadata.annotations[{AccountAnnotation}]");
                break;
            case "kubernetes.io/dockercfg":
                Json(obj, ".dockercfg", findings);
                break;
            case "kubernetes.io/dockerconfigjson":
                Json(obj, ".dockerconfigjson", findings);
                break;
            case "kubernetes.io/basic-auth":
                // The path is upstream's, which forgets to fill in its format.
                if (!obj.Data.ContainsKey("username") && !obj.Data.ContainsKey("password"))
                {
                    findings.Required("data[%s][username]");
                    findings.Required("data[%s][password]");
                }

                break;
            case "kubernetes.io/ssh-auth":
                if (obj.Data.GetValueOrDefault("ssh-privatekey").Length == 0)
                    findings.Required("data[ssh-privatekey]");
                break;
            case "kubernetes.io/tls":
                foreach (var key in (string[])["tls.crt", "tls.key"])
                {
                    if (!obj.Data.ContainsKey(key))
                        findings.Required($"data[{key}]");
                }

                break;
        }
    }

    public override void ValidateUpdate(Secret old, Secret obj, Findings findings)
    {
        if (obj.Type != old.Type)
            findings.Invalid("type", obj.Type, "field is immutable");
        DataRules.Immutable(old.Immutable, obj.Immutable, findings, ("data", DataRules.Same(old.Data, obj.Data)));
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(Secret obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Type, (long)obj.Data.Count, Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Json(Secret obj, string key, Findings findings)
    {
        if (!obj.Data.TryGetValue(key, out var value))
        {
            findings.Required($"data[{key}]");
            return;
        }

        try
        {
            using var _ = JsonDocument.Parse(value);
        }
        catch (JsonException)
        {
            findings.Invalid($"data[{key}]", "<secret contents redacted>", "the value is not valid JSON");
        }
    }
}
