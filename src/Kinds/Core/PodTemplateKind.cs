using KubeSharp.Kinds.Pods;

namespace KubeSharp.Kinds.Core;

/// <summary>A template by itself; nothing in the cluster uses these objects.</summary>
internal sealed class PodTemplateKind : Kind<PodTemplate>
{
    public override PodTemplate ApplyDefaults(PodTemplate obj) => obj with { Template = PodSpecDefaults.Apply(obj.Template) };

    public override void Validate(PodTemplate obj, Findings findings) => PodSpecRules.ValidateTemplate(obj.Template, "template", findings);

    public override IReadOnlyList<object?> Cells(PodTemplate obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        PodTemplateCells.ContainerNames(obj.Template),
        PodTemplateCells.Images(obj.Template),
        PodTemplateCells.Labels(obj.Template.Metadata.Labels),
    ];
}
