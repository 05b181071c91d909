using System.Text;

namespace KubeSharp.Kubelet.Environment;

/// <summary>Puts variables' values in the place of <c>$(NAME)</c>; <c>$$</c> stands for a dollar sign, an unknown name stays as it is written.</summary>
internal static class Expansion
{
    public static string Expand(string text, Func<string, string?> valueOf)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
            return text;

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var end = text[i + 1] == '(' ? text.IndexOf(')', i + 2) : -1;
            if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (end > 0)
            {
                var name = text[(i + 2)..end];
                result.Append(valueOf(name) ?? $"$({name})");
                i = end;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}
