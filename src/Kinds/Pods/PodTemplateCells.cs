namespace KubeSharp.Kinds.Pods;

/// <summary>Cells that many workloads share.</summary>
internal static class PodTemplateCells
{
    public const string None = "<none>";

    public static string ContainerNames(PodTemplateSpec? template) => Join(template, c => c.Name);

    public static string Images(PodTemplateSpec? template) => Join(template, c => c.Image);

    public static string Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? None : string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    public static string Selector(LabelSelector? selector)
    {
        if (!Rules.LabelSelectorRules.IsUsable(selector))
            return "<error>";

        var text = KubeSharp.Machinery.Selector.Of(selector).ToString();
        return text.Length > 0 ? text : None;
    }

    private static string Join(PodTemplateSpec? template, Func<Container, string> part) => string.Join(',', (template?.Spec.Containers ?? []).Select(part));
}
