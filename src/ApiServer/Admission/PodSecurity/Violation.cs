namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>What is wrong with a pod, shortly and at length, in upstream's words.</summary>
internal sealed record Violation(string Reason, string Detail)
{
    public static string Text(IEnumerable<Violation> violations) =>
        string.Join(", ", violations.Select(v => v.Detail.Length > 0 ? $"{v.Reason} ({v.Detail})" : v.Reason));

    public static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));

    /// <summary><c>container "a"</c>, <c>containers "a", "b"</c></summary>
    public static string Containers(IReadOnlyCollection<string> names) => $"{Plural("container", names.Count)} {Quoted(names)}";

    public static string Plural(string noun, int count) => count == 1 ? noun : noun + "s";

    /// <summary>Who set what must not be set: <c>pod and container "a"</c>.</summary>
    public static string Setters(bool isPod, IReadOnlyCollection<string> containers, params IEnumerable<string> others)
    {
        List<string> setters = [];
        if (isPod)
            setters.Add("pod");
        if (containers.Count > 0)
            setters.Add(Containers(containers));
        setters.AddRange(others);
        return string.Join(" and ", setters);
    }

    /// <summary>Each once, in order.</summary>
    public static List<string> Set(IEnumerable<string> values) => [.. values.Distinct().Order(StringComparer.Ordinal)];
}
