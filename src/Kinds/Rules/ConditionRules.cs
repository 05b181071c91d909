using System.Text;
using System.Text.RegularExpressions;

namespace KubeSharp.Kinds.Rules;

/// <summary>Conditions of the common form (apimachinery's <c>ValidateConditions</c>).</summary>
internal static partial class ConditionRules
{
    private const int MaxReasonBytes = 1024;
    private const int MaxMessageBytes = 32 * 1024;

    public static void Conditions(this Findings findings, string field, IReadOnlyList<Condition> conditions)
    {
        var types = new HashSet<string>();
        for (var i = 0; i < conditions.Count; i++)
        {
            if (!types.Add(conditions[i].Type))
                findings.Duplicate($"{field}[{i}].type", conditions[i].Type);
            Condition(findings, $"{field}[{i}]", conditions[i]);
        }
    }

    private static void Condition(Findings findings, string field, Condition condition)
    {
        findings.Each($"{field}.type", condition.Type, NameRules.QualifiedName(condition.Type));
        if (condition.Status is not ("True" or "False" or "Unknown"))
            findings.NotSupported($"{field}.status", condition.Status, "True", "False", "Unknown");
        if (condition.ObservedGeneration < 0)
            findings.Invalid($"{field}.observedGeneration", condition.ObservedGeneration, "must be greater than or equal to zero");
        if (condition.LastTransitionTime is null)
            findings.Required($"{field}.lastTransitionTime", "must be set");

        if (condition.Reason.Length == 0)
            findings.Required($"{field}.reason", "must be set");
        else if (Encoding.UTF8.GetByteCount(condition.Reason) > MaxReasonBytes)
            findings.TooLong($"{field}.reason", MaxReasonBytes);
        else if (!Reason().IsMatch(condition.Reason))
            findings.Invalid($"{field}.reason", condition.Reason, NameRules.RegexError("a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'", "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"));
        if (Encoding.UTF8.GetByteCount(condition.Message) > MaxMessageBytes)
            findings.TooLong($"{field}.message", MaxMessageBytes);
    }

    [GeneratedRegex(@"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Reason();
}
