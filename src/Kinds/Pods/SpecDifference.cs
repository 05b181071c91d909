using System.Text;
using System.Text.Json;

namespace KubeSharp.Kinds.Pods;

/// <summary>Which fields of two specs differ, for people to read: a line each, in the way of a diff.</summary>
internal static class SpecDifference
{
    private const int MaxLines = 40;

    public static string Of<T>(T old, T now)
        where T : class, IApiType<T>
    {
        using var left = JsonDocument.Parse(Json.Encode(old));
        using var right = JsonDocument.Parse(Json.Encode(now));
        var lines = new List<string>();
        Compare("spec", left.RootElement, right.RootElement, lines);

        var text = new StringBuilder();
        foreach (var line in lines.Take(MaxLines))
            text.Append("  ").Append(line).Append('\n');
        return text.ToString();
    }

    private static void Compare(string path, JsonElement? old, JsonElement? now, List<string> lines)
    {
        if (old is { ValueKind: JsonValueKind.Object } o && now is { ValueKind: JsonValueKind.Object } n)
        {
            foreach (var name in o.EnumerateObject().Concat(n.EnumerateObject()).Select(p => p.Name).Distinct())
                Compare($"{path}.{name}", Find(o, name), Find(n, name), lines);
        }
        else if (old is { ValueKind: JsonValueKind.Array } oldItems && now is { ValueKind: JsonValueKind.Array } newItems)
        {
            for (var i = 0; i < Math.Max(oldItems.GetArrayLength(), newItems.GetArrayLength()); i++)
                Compare($"{path}[{i}]", Find(oldItems, i), Find(newItems, i), lines);
        }
        else if (old?.GetRawText() != now?.GetRawText())
        {
            if (old is { } before)
                lines.Add($"- {path}: {before.GetRawText()}");
            if (now is { } after)
                lines.Add($"+ {path}: {after.GetRawText()}");
        }
    }

    private static JsonElement? Find(JsonElement obj, string name) => obj.TryGetProperty(name, out var value) ? value : null;

    private static JsonElement? Find(JsonElement list, int index) => index < list.GetArrayLength() ? list[index] : null;
}
