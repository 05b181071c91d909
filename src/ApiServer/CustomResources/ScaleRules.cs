using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>The numbers that the scale subresource shows must be what it can show.</summary>
internal static class ScaleRules
{
    public static void ValidateSpec(CustomResourceSubresourceScale? scale, JsonObject content, Findings findings)
    {
        if (scale is not null)
            Count(content, scale.SpecReplicasPath, findings);
    }

    public static void ValidateStatus(CustomResourceSubresourceScale? scale, JsonObject content, Findings findings)
    {
        if (scale is null)
            return;

        Count(content, scale.StatusReplicasPath, findings);
        if (scale.LabelSelectorPath is { Length: > 0 } path && Find(content, path, "string", out var problem) is var found && (problem ?? Mismatch(found, path, "string")) is { } wrong)
            findings.Invalid(path, "", wrong);
    }

    /// <summary>The integer at a path; null if there is nothing.</summary>
    public static long? Integer(JsonObject content, string path) => JsonTree.AsInteger(Find(content, path, "int64", out _));

    public static string Text(JsonObject content, string path) => JsonTree.AsText(Find(content, path, "string", out _)) ?? "";

    public static string[] Steps(string path) => path.TrimStart('.').Split('.');

    private static void Count(JsonObject content, string path, Findings findings)
    {
        var found = Find(content, path, "int64", out var problem);
        if ((problem ?? Mismatch(found, path, "int64")) is { } wrong)
            findings.Invalid(path, 0L, wrong);
        else if (JsonTree.AsInteger(found) is < 0 and var negative)
            findings.Invalid(path, negative, "should be a non-negative integer");
        else if (JsonTree.AsInteger(found) is > int.MaxValue and var large)
            findings.Invalid(path, large, $"should be less than or equal to {int.MaxValue}");
    }

    private static JsonNode? Find(JsonNode? node, string path, string wanted, out string? problem)
    {
        problem = null;
        var steps = Steps(path);
        for (var i = 0; i < steps.Length; i++)
        {
            if (node is not JsonObject obj)
            {
                problem = node is null ? null : Wrong(node, string.Concat(steps.Take(i + 1).Select(s => "." + s)), "map[string]interface{}");
                return null;
            }

            if (!obj.TryGetPropertyValue(steps[i], out node))
                return null;
        }

        if (node is null)
            problem = $"{path} accessor error: <nil> is of the type <nil>, expected {wanted}";
        return node;
    }

    private static string? Mismatch(JsonNode? node, string path, string wanted) => node is null || TypeOf(node) == wanted ? null : Wrong(node, path, wanted);

    private static string Wrong(JsonNode node, string path, string wanted) =>
        $"{path} accessor error: {JsonTree.AsText(node) ?? JsonTree.Text(node)} is of the type {TypeOf(node)}, expected {wanted}";

    private static string TypeOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => JsonTree.AsInteger(node) is null ? "float64" : "int64",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "[]interface {}",
        _ => "map[string]interface {}",
    };
}
