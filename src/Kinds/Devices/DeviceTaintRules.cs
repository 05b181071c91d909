using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>What keeps claims off a device, and what lets them on.</summary>
internal static class DeviceTaintRules
{
    private static readonly string[] Effects = ["NoExecute", "NoSchedule", "None"];

    public static void Validate(DeviceTaint taint, string path, Findings findings)
    {
        findings.Each($"{path}.key", taint.Key, NameRules.QualifiedName(taint.Key));
        findings.Each($"{path}.value", taint.Value, NameRules.LabelValue(taint.Value));
        findings.OneOf($"{path}.effect", taint.Effect, Effects);
    }

    public static void Validate(DeviceToleration toleration, string path, Findings findings)
    {
        if (toleration.Key.Length > 0)
            findings.Each($"{path}.key", toleration.Key, NameRules.QualifiedName(toleration.Key));
        if (toleration.Operator == "Exists" && toleration.Value.Length > 0)
            findings.Invalid($"{path}.value", toleration.Value, "must be empty for operator `Exists`");
        else if (toleration.Operator == "Equal")
            findings.Each($"{path}.value", toleration.Value, NameRules.LabelValue(toleration.Value));
        else
            findings.OneOf($"{path}.operator", toleration.Operator, "Equal", "Exists");
        if (toleration.Effect.Length > 0)
            findings.OneOf($"{path}.effect", toleration.Effect, Effects);
    }
}
