using System.Text;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>What mutations are written with: objects of any shape named after their place, and JSON patches.</summary>
internal static class MutationLibrary
{
    internal static CelType JsonPatch { get; } = Object("JSONPatch", () => [new("op", Text), new("path", Text), new("from", Text), new("value", Dyn)]);

    public static void AddTo(Declarations d)
    {
        d.AddType(JsonPatch);
        d.AddTypes(name => name == "Object" || name.StartsWith("Object.", StringComparison.Ordinal) ? OpenObject(name, AnyField) : null);
        d.Function("jsonpatch.escapeKey", "string_jsonpatch_escapeKey_string", [Text], Text, a => CelValue.Of(EscapeKey(a[0].AsText)));
    }

    internal static CelField AnyField(string name) => new(name, CelNames.TryUnescape(name, out var json) ? json : name, Dyn);

    private static string EscapeKey(string key)
    {
        var text = new StringBuilder(key.Length);
        foreach (var c in key)
            _ = c == '/' ? text.Append("~1") : c == '~' ? text.Append("~0") : text.Append(c);
        return text.ToString();
    }
}
