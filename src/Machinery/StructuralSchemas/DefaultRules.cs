using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Every default must be a value that the schema itself lets stand.</summary>
public static class DefaultRules
{
    /// <param name="validateMetadata">The rules of object metadata, for defaults of embedded objects.</param>
    /// <param name="validateRules">Checks a default against the rules written in CEL of the node it is of; told its path.</param>
    public static void Validate(
        JsonSchema schema, string path, bool mustBePruned, Action<ObjectMeta, string> validateMetadata, Action<JsonSchema, JsonNode, string, Findings> validateRules, Findings findings)
    {
        Node(schema, path, isResource: true, mustBePruned, validateMetadata, validateRules, findings);
    }

    private static void Node(
        JsonSchema schema, string path, bool isResource, bool mustBePruned, Action<ObjectMeta, string> validateMetadata, Action<JsonSchema, JsonNode, string, Findings> validateRules, Findings findings)
    {
        if (schema.Default is { } value)
            ValidateOne(schema, value, path + ".default", mustBePruned, validateMetadata, validateRules, findings);

        // Below additionalProperties of metadata defaults are forbidden; elsewhere upstream does not look there.
        if (schema.Items is { } items)
            Node(items, path + ".items", items.IsEmbeddedResource, mustBePruned, validateMetadata, validateRules, findings);
        foreach (var (name, property) in schema.Properties)
        {
            // What metadata may hold is said elsewhere: nothing is pruned there by the schema.
            var isPruned = mustBePruned && !(isResource && Pruning.IsTypeOrMeta(name));
            Node(property, $"{path}.properties[{name}]", property.IsEmbeddedResource, isPruned, validateMetadata, validateRules, findings);
        }
    }

    private static void ValidateOne(
        JsonSchema schema, JsonNode value, string path, bool mustBePruned, Action<ObjectMeta, string> validateMetadata, Action<JsonSchema, JsonNode, string, Findings> validateRules, Findings findings)
    {
        if (mustBePruned && Pruning.Prune(value.DeepClone(), schema, schema.IsEmbeddedResource))
            findings.Invalid(path, JsonTree.Shown(value), "must not have unknown fields");

        var before = findings.Errors.Count;
        EmbeddedResources.Validate(value, schema, path, validateMetadata, findings);
        if (findings.Errors.Count == before)
            new ValueValidation(schema).Validate(value, path, findings);
        if (findings.Errors.Count == before)
            validateRules(schema, value, path, findings);
    }
}
