using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Reads an <c>EncryptionConfiguration</c> strictly: what is not understood is a problem, never passed over.</summary>
internal sealed class EncryptionConfigurationReader
{
    private static readonly int[] AesLengths = [16, 24, 32];

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, List<(string Prefix, ITransformer Transformer)>> _rules = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">The message lists every problem.</exception>
    public IReadOnlyDictionary<string, ITransformer> Read(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            // Its own message may quote a key.
            throw new FormatException($"line {e.Start.Line} is not valid YAML", e);
        }

        if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            ReadRoot(root);
        else
            _problems.Add("encryption provider configuration file is empty");
        return _problems.Count == 0
            ? _rules.ToDictionary(r => r.Key, ITransformer (r) => new PrefixTransformers(r.Value), StringComparer.Ordinal)
            : throw new FormatException(string.Join("; ", _problems));
    }

    private void ReadRoot(YamlMappingNode root)
    {
        var fields = Fields(root, "", "apiVersion", "kind", "resources");
        var (version, kind) = (Text(fields.GetValueOrDefault("apiVersion")), Text(fields.GetValueOrDefault("kind")));
        if ((version, kind) is not ("apiserver.config.k8s.io/v1", "EncryptionConfiguration"))
            _problems.Add($"no kind \"{kind}\" is registered for version \"{version}\": apiserver.config.k8s.io/v1 EncryptionConfiguration is expected");

        var resources = Items(fields.GetValueOrDefault("resources"), "resources");
        if (resources.Count == 0)
            _problems.Add("resources: Required value: at least one resources is required");
        for (var i = 0; i < resources.Count; i++)
            ReadResources(resources[i], $"resources[{i}]");
    }

    private void ReadResources(YamlNode node, string path)
    {
        var fields = Fields(node, path, "resources", "providers");
        var names = Items(fields.GetValueOrDefault("resources"), path + ".resources").Select(Text).ToList();
        var providers = Items(fields.GetValueOrDefault("providers"), path + ".providers");
        if (names.Count == 0)
            _problems.Add($"{path}.resources: Required value: at least one resources is required");
        if (providers.Count == 0)
            _problems.Add($"{path}.providers: Required value: at least one providers is required");
        for (var i = 0; i < names.Count; i++)
            CheckName(names, i, $"{path}.resources[{i}]");

        var ways = providers.Select((p, i) => ReadProvider(p, $"{path}.providers[{i}]")).OfType<(string, ITransformer)>().ToList();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            if (!_rules.TryGetValue(name, out var rule))
                _rules[name] = rule = [];
            rule.AddRange(ways);
        }
    }

    private void CheckName(List<string> names, int index, string path)
    {
        var name = names[index];
        void Problem(string text) => _problems.Add($"{path}: Invalid value: \"{name}\": {text}");

        if (name.Length == 0 || name.Any(char.IsUpper))
            Problem("resource name should not be empty or have capital letters");
        else if (name is "*")
            Problem("use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources");
        else if (name.StartsWith("*.*.", StringComparison.Ordinal) || (name.Contains('*', StringComparison.Ordinal) && !name.StartsWith("*.", StringComparison.Ordinal)))
            Problem("wildcards are of the form '*.', '*.<group>' or '*.*'");
        else if (name is "apiserveripinfo" or "serviceipallocations" or "servicenodeportallocations")
            Problem("specifying resource that is not served is not allowed: it is never encrypted");
        else if (names.IndexOf(name) < index)
            Problem("the same resource cannot be specified multiple times");
        else if (name != "*.*" && (names.Contains("*.*") || (!name.StartsWith("*.", StringComparison.Ordinal) && names.Contains("*." + GroupOf(name)))))
            Problem("using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked");
    }

    private static string GroupOf(string name) => name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? name[(dot + 1)..] : "";

    private (string Prefix, ITransformer Transformer)? ReadProvider(YamlNode node, string path)
    {
        var fields = Fields(node, path, "aesgcm", "aescbc", "secretbox", "identity", "kms");
        if (fields.Count != 1)
        {
            _problems.Add(fields.Count == 0
                ? $"{path}: Required value: provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity"
                : $"{path}: Invalid value: more than one provider specified in a single element, should split into different list elements");
            return null;
        }

        var (kind, body) = fields.First();
        path += "." + kind;
        switch (kind)
        {
            case "identity":
                Fields(body, path);
                return ("", new IdentityTransformer());
            case "kms":
                _problems.Add($"{path}: this server has no kms provider yet");
                return null;
            case "aesgcm":
                return ($"k8s:enc:{kind}:v1:", Keys(body, path, AesLengths, static s => new AesGcmTransformer(s)));
            case "aescbc":
                return ($"k8s:enc:{kind}:v1:", Keys(body, path, AesLengths, static s => new AesCbcTransformer(s)));
            default:
                return ($"k8s:enc:{kind}:v1:", Keys(body, path, [Secretbox.KeyLength], static s => new SecretboxTransformer(s)));
        }
    }

    private PrefixTransformers Keys(YamlNode body, string path, int[] lengths, Func<byte[], ITransformer> create)
    {
        var keys = Items(Fields(body, path, "keys").GetValueOrDefault("keys"), path + ".keys");
        if (keys.Count == 0)
            _problems.Add($"{path}.keys: Required value: at least one keys is required");

        var all = new List<(string, ITransformer)>();
        for (var i = 0; i < keys.Count; i++)
        {
            var at = $"{path}.keys[{i}]";
            var fields = Fields(keys[i], at, "name", "secret");
            var (name, secret) = (Text(fields.GetValueOrDefault("name")), Text(fields.GetValueOrDefault("secret")));
            if (name.Length == 0)
                _problems.Add($"{at}.name: Required value: name is a mandatory field for a key");
            if (secret.Length == 0)
            {
                _problems.Add($"{at}.secret: Required value: secret is a mandatory field for a key");
                continue;
            }

            var bytes = new byte[secret.Length];
            if (!Convert.TryFromBase64String(secret, bytes, out var length))
                _problems.Add($"{at}.secret: Invalid value: \"REDACTED\": secrets must be base64 encoded");
            else if (!lengths.Contains(length))
                _problems.Add($"{at}.secret: Invalid value: \"REDACTED\": secret is not of the expected length, got {length}, expected one of [{string.Join(' ', lengths)}]");
            else
                all.Add((name + ":", create(bytes[..length])));
        }

        return new(all);
    }

    private Dictionary<string, YamlNode> Fields(YamlNode node, string path, params string[] known)
    {
        var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode map)
        {
            _problems.Add($"{path}: an object is expected");
            return fields;
        }

        foreach (var (key, value) in map)
        {
            var name = Text(key);
            if (!known.Contains(name))
                _problems.Add($"strict decoding error: unknown field \"{(path.Length > 0 ? path + "." : "")}{name}\"");
            else
                fields[name] = value;
        }

        return fields;
    }

    private List<YamlNode> Items(YamlNode? node, string path)
    {
        if (node is YamlSequenceNode list)
            return [.. list];
        if (node is not null)
            _problems.Add($"{path}: a list is expected");
        return [];
    }

    private static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";
}
