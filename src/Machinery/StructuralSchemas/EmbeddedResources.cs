using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>The rules of objects inside of objects (<c>x-kubernetes-embedded-resource</c>): they have a kind, a version and valid metadata.</summary>
public static class EmbeddedResources
{
    /// <param name="validateMetadata">The rules of object metadata, which are the server's; told where it stands.</param>
    public static void Validate(JsonNode? node, JsonSchema? schema, string path, Action<ObjectMeta, string> validateMetadata, Findings findings)
    {
        if (schema is null)
            return;

        switch (node)
        {
            case JsonObject obj:
                if (schema.IsEmbeddedResource)
                    ValidateObject(obj, path, validateMetadata, findings);
                foreach (var (name, value) in obj)
                {
                    if (schema.Properties.TryGetValue(name, out var property))
                        Validate(value, property, Join(path, name), validateMetadata, findings);
                    else if (schema.AdditionalProperties is { } others)
                        Validate(value, others, $"{path}[{name}]", validateMetadata, findings);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Validate(list[i], schema.Items, $"{path}[{i}]", validateMetadata, findings);
                break;
        }
    }

    /// <summary>Brings the metadata of embedded objects into its own form and drops what no metadata has.</summary>
    /// <param name="unknown">Told the path of each field of metadata that goes.</param>
    public static void Coerce(JsonNode? node, JsonSchema? schema, string path, Action<string>? unknown = null)
    {
        if (schema is null)
            return;

        switch (node)
        {
            case JsonObject obj:
                if (schema.IsEmbeddedResource)
                    CoerceObject(obj, path, unknown);
                foreach (var (name, value) in obj)
                {
                    if (schema.Properties.TryGetValue(name, out var property))
                        Coerce(value, property, Join(path, name), unknown);
                    else if (schema.AdditionalProperties is { } others)
                        Coerce(value, others, Join(path, name), unknown);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Coerce(list[i], schema.Items, $"{path}[{i}]", unknown);
                break;
        }
    }

    private static void CoerceObject(JsonObject obj, string path, Action<string>? unknown)
    {
        foreach (var name in new[] { "apiVersion", "kind" })
        {
            if (obj.TryGetPropertyValue(name, out var value) && JsonTree.AsText(value) is null)
                throw new DecodeException($"{Join(path, name)}: Invalid value: {Findings.Show(JsonTree.Shown(value))}: must be a string");
        }

        if (obj["metadata"] is not JsonObject metadata)
            return;

        var context = unknown is null ? DecodeContext.Lenient : DecodeContext.Strict();
        var decoded = Json.Decode<ObjectMeta>(System.Text.Encoding.UTF8.GetBytes(JsonTree.Text(metadata)), context);
        foreach (var finding in context.Findings)
            unknown?.Invoke($"{Join(path, "metadata")}.{finding[(finding.IndexOf('"', StringComparison.Ordinal) + 1)..^1]}");
        obj["metadata"] = JsonTree.Parse(Json.Encode(decoded), DecodeContext.Lenient);
    }

    private static void ValidateObject(JsonObject obj, string path, Action<ObjectMeta, string> validateMetadata, Findings findings)
    {
        Check("apiVersion", version => version.Count(c => c == '/') > 1 ? [$"unexpected GroupVersion string: {version}"] : []);
        Check("kind", kind => NameRules.Dns1035Label(kind.ToLowerInvariant()).Select(e => "may have mixed case, but should otherwise match: " + e));
        if (obj["metadata"] is JsonObject metadata)
        {
            try
            {
                var decoded = Json.Decode<ObjectMeta>(System.Text.Encoding.UTF8.GetBytes(JsonTree.Text(metadata)));
                validateMetadata(decoded.Name.Length == 0 ? decoded with { Name = "fakename" } : decoded, Join(path, "metadata"));
            }
            catch (DecodeException e)
            {
                findings.Invalid(Join(path, "metadata"), JsonTree.Shown(metadata), e.Message);
            }
        }

        void Check(string name, Func<string, IEnumerable<string>> rules)
        {
            var field = Join(path, name);
            if (!obj.TryGetPropertyValue(name, out var value))
                findings.Required(field);
            else if (JsonTree.AsText(value) is not { } text)
                findings.Invalid(field, JsonTree.Shown(value), "must be a string");
            else if (text.Length == 0)
                findings.Invalid(field, text, "must not be empty");
            else
            {
                foreach (var problem in rules(text))
                    findings.Invalid(field, text, problem);
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
