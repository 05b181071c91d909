using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeSharp.ApiServer.Http;
using KubeSharp.Machinery.Cel;
using YamlDotNet.Core;

namespace KubeSharp.ApiServer.Encryption.Configuration;

/// <summary>Reads an <c>EncryptionConfiguration</c> strictly: what is not understood is a problem, never passed over. No message holds a key.</summary>
internal sealed class EncryptionConfigurationReader
{
    private const string ApiVersion = "apiserver.config.k8s.io/v1";

    private static readonly string[] Kinds = ["aesgcm", "aescbc", "secretbox", "identity", "kms"];

    private readonly List<string> _problems = [];

    /// <param name="isReloaded">Whether the file is watched: then names of key services are unique whatever their version.</param>
    /// <exception cref="FormatException">In upstream's words; the message lists every problem.</exception>
    public static EncryptionConfiguration Read(string yaml, bool isReloaded)
    {
        if (string.IsNullOrWhiteSpace(yaml))
            throw new FormatException("encryption provider configuration file is empty");

        var configuration = new EncryptionConfigurationReader().Decode(yaml);
        var findings = new Findings();
        EncryptionConfigurationCheck.Check(configuration, isReloaded, findings);
        return findings.Any ? throw new FormatException(findings.ToString()) : configuration;
    }

    private EncryptionConfiguration Decode(string yaml)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml)));
        }
        catch (DecodeException e)
        {
            // Its own message may quote a key.
            throw new FormatException(e.InnerException is YamlException { Start.Line: var line } ? string.Create(CultureInfo.InvariantCulture, $"line {line} is not valid YAML") : "it is not valid YAML");
        }

        using (document)
        {
            var configuration = ReadRoot(document.RootElement);
            return _problems.Count == 0 ? configuration : throw new FormatException("strict decoding error: " + string.Join(", ", _problems));
        }
    }

    private EncryptionConfiguration ReadRoot(JsonElement root)
    {
        var (version, kind) = root.ValueKind == JsonValueKind.Object ? (TextIn(root, "apiVersion"), TextIn(root, "kind")) : ("", "");
        if (kind.Length == 0)
            throw new FormatException("Object 'Kind' is missing");
        if ((version, kind) != (ApiVersion, "EncryptionConfiguration"))
            throw new FormatException($"no kind \"{kind}\" is registered for version \"{version}\": an EncryptionConfiguration of {ApiVersion} is expected");

        IReadOnlyList<ResourceConfiguration> resources = [];
        foreach (var (name, value) in Fields(root, ""))
        {
            switch (name)
            {
                case "apiVersion" or "kind":
                    break;
                case "resources":
                    resources = List(value, "resources", ReadResources);
                    break;
                default:
                    Unknown("", name);
                    break;
            }
        }

        return new(resources);
    }

    private ResourceConfiguration ReadResources(JsonElement element, string path)
    {
        IReadOnlyList<string> resources = [];
        IReadOnlyList<ProviderConfiguration> providers = [];
        foreach (var (name, value) in Fields(element, path))
        {
            switch (name)
            {
                case "resources":
                    resources = List(value, $"{path}.resources", Text);
                    break;
                case "providers":
                    providers = List(value, $"{path}.providers", ReadProvider);
                    break;
                default:
                    Unknown(path, name);
                    break;
            }
        }

        return new(resources, providers);
    }

    private ProviderConfiguration ReadProvider(JsonElement element, string path)
    {
        var kinds = new List<string>();
        IReadOnlyList<KeyConfiguration> keys = [];
        KmsConfiguration? kms = null;
        foreach (var (name, value) in Fields(element, path))
        {
            var at = $"{path}.{name}";
            if (!Kinds.Contains(name))
                Unknown(path, name);
            else if (value.ValueKind != JsonValueKind.Null)
                kinds.Add(name);
            if (name == "kms")
                kms = ReadKms(value, at);
            else if (name == "identity")
                Fields(value, at).ForEach(f => Unknown(at, f.Name));
            else if (Kinds.Contains(name))
                keys = ReadKeys(value, at);
        }

        return new(kinds, keys, kms);
    }

    private IReadOnlyList<KeyConfiguration> ReadKeys(JsonElement element, string path)
    {
        IReadOnlyList<KeyConfiguration> keys = [];
        foreach (var (name, value) in Fields(element, path))
        {
            if (name == "keys")
                keys = List(value, $"{path}.keys", ReadKey);
            else
                Unknown(path, name);
        }

        return keys;
    }

    private KeyConfiguration ReadKey(JsonElement element, string path)
    {
        var key = new KeyConfiguration("", "");
        foreach (var (name, value) in Fields(element, path))
        {
            if (name == "name")
                key = key with { Name = Text(value, $"{path}.name") };
            else if (name == "secret")
                key = key with { Secret = Text(value, $"{path}.secret") };
            else
                Unknown(path, name);
        }

        return key;
    }

    private KmsConfiguration ReadKms(JsonElement element, string path)
    {
        var kms = new KmsConfiguration();
        foreach (var (name, value) in Fields(element, path))
        {
            var at = $"{path}.{name}";
            switch (name)
            {
                case "apiVersion":
                    kms = kms with { ApiVersion = Text(value, at) is { Length: > 0 } version ? version : kms.ApiVersion };
                    break;
                case "name":
                    kms = kms with { Name = Text(value, at) };
                    break;
                case "endpoint":
                    kms = kms with { Endpoint = Text(value, at) };
                    break;
                case "timeout":
                    kms = kms with { Timeout = Duration(Text(value, at), at) ?? kms.Timeout };
                    break;
                case "cachesize":
                    kms = kms with { CacheSize = Number(value, at) };
                    break;
                default:
                    Unknown(path, name);
                    break;
            }
        }

        return kms;
    }

    /// <summary>A number of Go's durations: <c>3s</c>, <c>1m30s</c>, <c>500ms</c>.</summary>
    private TimeSpan? Duration(string text, string path)
    {
        if (text.Length == 0)
            return null;
        if (CelDurations.TryParse(text, out var nanos))
            return TimeSpan.FromTicks(nanos / TimeSpan.NanosecondsPerTick);

        _problems.Add($"{path}: time: invalid duration \"{text}\"");
        return null;
    }

    private List<(string Name, JsonElement Value)> Fields(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var fields = element.EnumerateObject().Select(p => (p.Name, p.Value)).ToList();
            foreach (var twice in fields.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
                _problems.Add($"duplicate field \"{Join(path, twice.Key)}\"");
            return fields;
        }

        if (element.ValueKind != JsonValueKind.Null)
            _problems.Add($"{path}: an object is expected");
        return [];
    }

    private List<T> List<T>(JsonElement element, string path, Func<JsonElement, string, T> read)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return [.. element.EnumerateArray().Select((e, i) => read(e, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))];
        if (element.ValueKind != JsonValueKind.Null)
            _problems.Add($"{path}: a list is expected");
        return [];
    }

    private string Text(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.String)
            return element.GetString()!;
        if (element.ValueKind != JsonValueKind.Null)
            _problems.Add($"{path}: a text is expected");
        return "";
    }

    private long? Number(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number))
            return number;
        if (element.ValueKind != JsonValueKind.Null)
            _problems.Add($"{path}: a whole number is expected");
        return null;
    }

    private void Unknown(string path, string name) => _problems.Add($"unknown field \"{Join(path, name)}\"");

    private static string Join(string path, string name) => path.Length > 0 ? $"{path}.{name}" : name;

    private static string TextIn(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
