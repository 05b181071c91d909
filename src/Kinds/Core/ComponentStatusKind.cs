namespace KubeSharp.Kinds.Core;

/// <summary>What is shown of the parts of the control plane. Never stored.</summary>
internal sealed class ComponentStatusKind : Kind<ComponentStatus>
{
    public override IReadOnlyList<object?> Cells(ComponentStatus obj, DateTimeOffset now) =>
        obj.Conditions.LastOrDefault(c => c.Type == "Healthy") is { } health
            ? [obj.Metadata.Name, health.Status == "True" ? "Healthy" : "Unhealthy", health.Message, health.Error]
            : [obj.Metadata.Name, "Unknown", "", ""];
}
