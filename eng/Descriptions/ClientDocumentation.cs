using System.Text;
using System.Xml;

namespace KubeSharp.Descriptions;

/// <summary>The summaries of the client's models: <c>V1PodSpec</c> and <c>V1PodSpec.NodeName</c>.</summary>
internal static class ClientDocumentation
{
    private const string Models = ":k8s.Models.";

    /// <summary>The client's generator breaks its lines at this many characters.</summary>
    private const int Width = 80;

    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var reader = XmlReader.Create(path);
        while (reader.ReadToFollowing("member"))
        {
            var name = reader.GetAttribute("name") ?? "";
            if (name.Length < Models.Length + 1 || name[0] is not ('T' or 'P') || !name.AsSpan(1).StartsWith(Models, StringComparison.Ordinal))
                continue;

            using var member = reader.ReadSubtree();
            if (member.ReadToFollowing("summary"))
                texts[name[(Models.Length + 1)..]] = Unwrap(member.ReadElementContentAsString());
        }

        return texts;
    }

    /// <summary>
    /// Undoes the wrapping: a line goes on in the next one if that one's first word had no room left on it; otherwise the author broke it.
    /// </summary>
    internal static string Unwrap(string summary)
    {
        var text = new StringBuilder();
        var last = "";
        foreach (var line in summary.Split('\n').Select(l => l.Trim()))
        {
            if (line.Length == 0)
            {
                last = "";
                if (text.Length > 0)
                    text.Append('\n');
                continue;
            }

            if (last.Length > 0)
                text.Append(last.Length + 1 + line.Split(' ')[0].Length > Width ? ' ' : '\n');
            else if (text.Length > 0)
                text.Append('\n');
            text.Append(line);
            last = line;
        }

        return text.ToString().Trim();
    }
}
