using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>The conditions of a definition. Pure.</summary>
internal static class Conditions
{
    public static bool IsTrue(CustomResourceDefinition definition, string type) => definition.Status.Conditions.Any(c => c.Type == type && c.Status == "True");

    /// <summary>The status with a condition set; its time changes with its status only.</summary>
    public static CustomResourceDefinitionStatus With(CustomResourceDefinitionStatus status, CustomResourceDefinitionCondition condition, DateTimeOffset now)
    {
        var before = status.Conditions.FirstOrDefault(c => c.Type == condition.Type);
        var made = condition with { LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime : now };
        return status with
        {
            Conditions = before is null ? [.. status.Conditions, made] : [.. status.Conditions.Select(c => c.Type == condition.Type ? made : c)],
        };
    }

    public static CustomResourceDefinitionStatus Without(CustomResourceDefinitionStatus status, string type) =>
        status.Conditions.Any(c => c.Type == type) ? status with { Conditions = [.. status.Conditions.Where(c => c.Type != type)] } : status;
}
