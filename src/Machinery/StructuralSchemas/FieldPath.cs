using System.Text;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Paths of field names into a schema: <c>.spec.size</c>, <c>.metadata.labels['a.b']</c>.</summary>
public static class FieldPath
{
    /// <returns>The names, the schema there (null below metadata), and what is wrong with the path, if anything.</returns>
    public static (IReadOnlyList<string> Steps, JsonSchema? Schema, string? Problem) Resolve(string path, JsonSchema schema)
    {
        var steps = Split(path);
        if (steps is null)
            return ([], null, $"expected [ or . but got: {path.Split('.', '[', ']')[0]}");

        JsonSchema? node = schema;
        foreach (var step in steps)
        {
            if (node.Properties.TryGetValue(step, out var property))
                node = property;
            else if (node.AdditionalProperties is { } others)
                node = others;
            else
                return (steps, null, "does not refer to a valid field");
        }

        return (steps, node, null);
    }

    /// <summary>The names of a path; null if it is none.</summary>
    public static IReadOnlyList<string>? Split(string path)
    {
        var steps = new List<string>();
        var at = 0;
        while (at < path.Length)
        {
            if (path[at] == '.')
            {
                var end = at + 1;
                while (end < path.Length && (char.IsAsciiLetterOrDigit(path[end]) || path[end] is '_' or '-' or '$'))
                    end++;
                if (end == at + 1)
                    return null;
                steps.Add(path[(at + 1)..end]);
                at = end;
            }
            else if (path.AsSpan(at).StartsWith("['"))
            {
                var name = new StringBuilder();
                var i = at + 2;
                for (; i < path.Length && path[i] != '\''; i++)
                    name.Append(path[i] == '\\' && i + 1 < path.Length ? path[++i] : path[i]);
                if (i + 1 >= path.Length || path[i + 1] != ']')
                    return null;
                steps.Add(name.ToString());
                at = i + 2;
            }
            else
            {
                return null;
            }
        }

        return steps.Count > 0 ? steps : null;
    }
}
