using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>Fields by which custom resources can be selected: scalars, each reached by names alone.</summary>
internal static class SelectableFieldRules
{
    public static void Validate(CustomResourceDefinitionVersion version, int max, string field, Findings findings)
    {
        if (version.SelectableFields.Count == 0)
            return;

        if (DefinitionSchemas.Of(version) is not { } schema)
        {
            findings.Invalid(field, "", "may only be set when validations.schema is included");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < version.SelectableFields.Count; i++)
            One(version.SelectableFields[i].JsonPath, schema, $"{field}[{i}].jsonPath", seen, findings);
        if (seen.Count > max)
            findings.TooMany(field, seen.Count, 8);
    }

    private static void One(string path, JsonSchema schema, string field, HashSet<string> seen, Findings findings)
    {
        if (path.Length == 0)
        {
            findings.Required(field);
            return;
        }

        // What stands before the first bracket is looked at first, as upstream reads.
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        var (steps, found, problem) = bracket == 0 ? ([], null, null) : FieldPath.Resolve(bracket < 0 ? path : path[..bracket], schema);
        if (bracket >= 0)
            problem ??= "array notation is not allowed";
        if (problem is not null)
        {
            findings.Invalid(field, path, $"is an invalid path: {problem}");
            return;
        }

        if (steps[0] == "metadata")
            findings.Invalid(field, path, "must not point to fields in metadata");
        if (found?.Type is not ("string" or "boolean" or "integer"))
            findings.Invalid(field, path, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
        if (!seen.Add(string.Join('.', steps)))
            findings.Duplicate(field, path);
    }
}
