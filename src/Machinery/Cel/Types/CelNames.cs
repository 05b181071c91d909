using System.Collections.Frozen;
using System.Text;

namespace KubeSharp.Machinery.Cel;

/// <summary>How property names of documents are written in expressions.</summary>
public static class CelNames
{
    internal static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while");

    /// <summary><c>x-dash</c> is <c>x__dash__dash</c>, <c>namespace</c> is <c>__namespace__</c>.</summary>
    /// <returns><see langword="false"/> if expressions cannot reach a property of that name.</returns>
    public static bool TryEscape(string name, out string escaped)
    {
        escaped = name;
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            return false;
        if (Reserved.Contains(name))
        {
            escaped = $"__{name}__";
            return true;
        }

        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c == '_' && i + 1 < name.Length && name[i + 1] == '_')
            {
                text.Append("__underscores__");
                i++;
            }
            else if (char.IsAsciiLetterOrDigit(c) || c == '_')
                text.Append(c);
            else if (c is '.' or '-' or '/')
                text.Append(c == '.' ? "__dot__" : c == '-' ? "__dash__" : "__slash__");
            else
                return false;
        }

        escaped = text.ToString();
        return true;
    }

    /// <summary>The property behind an escaped name.</summary>
    /// <returns><see langword="false"/> if the name holds an unknown escape.</returns>
    public static bool TryUnescape(string escaped, out string name)
    {
        name = escaped;
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var end = i + 2 < escaped.Length && escaped[i] == '_' && escaped[i + 1] == '_' && escaped[i + 2] != '_' ? escaped.IndexOf("__", i + 2, StringComparison.Ordinal) : -1;
            var word = end < 0 ? "" : escaped[(i + 2)..end];
            if (word.Length == 0 || word.Contains('_'))
            {
                text.Append(escaped[i]);
                continue;
            }

            var meant = word switch { "underscores" => "__", "dot" => ".", "dash" => "-", "slash" => "/", _ => null };
            if (meant is null && Reserved.Contains(word) && word.Length + 4 == escaped.Length)
                meant = word;
            if (meant is null)
                return false;
            text.Append(meant);
            i = end + 1;
        }

        name = text.ToString();
        return true;
    }
}
