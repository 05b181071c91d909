using System.Text;

namespace KubeSharp.Objects.Generator;

/// <summary>Go's names in C#.</summary>
internal static class Names
{
    /// <summary><c>core.v1.Pod</c> -> <c>KubeSharp.Objects.CoreV1.Pod</c>; meta is Machinery's.</summary>
    public static string FullName(string goType) => $"{Namespace(goType)}.{TypeName(goType)}";

    public static string Namespace(string goType)
    {
        var parts = goType.Split('.');
        return (parts[0] == "meta" ? "KubeSharp.Machinery." : "KubeSharp.Objects.") + Capital(parts[0]) + Version(parts[1]);
    }

    public static string TypeName(string goType) => goType.Split('.').Last();

    /// <summary>The JSON name with a capital; the Go name where there is no usable JSON name or the two would clash with the type.</summary>
    public static string Property(GoField field, string owner)
    {
        var json = field.Json.TrimStart('$');
        var name = json.Length == 0 || json.Contains("-") ? field.GoName : Capital(json);
        return name == TypeName(owner) ? name + "Value" : name;
    }

    public static string OpenApi(string goType)
    {
        var parts = goType.Split('.');
        return parts[0] switch
        {
            "meta" => $"io.k8s.apimachinery.pkg.apis.meta.{parts[1]}.{parts[2]}",
            "apiextensions" => $"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.{parts[1]}.{parts[2]}",
            "apiregistration" => $"io.k8s.kube-aggregator.pkg.apis.apiregistration.{parts[1]}.{parts[2]}",
            _ => $"io.k8s.api.{parts[0]}.{parts[1]}.{parts[2]}",
        };
    }

    /// <summary>A C# string literal.</summary>
    public static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word.Substring(1);

    private static string Version(string version)
    {
        var name = new StringBuilder(Capital(version));
        for (var i = 1; i < name.Length; i++)
        {
            if (char.IsDigit(name[i - 1]) && char.IsLetter(name[i]))
                name[i] = char.ToUpperInvariant(name[i]);
        }

        return name.ToString();
    }
}
