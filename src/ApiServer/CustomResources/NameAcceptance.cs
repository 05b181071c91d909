using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Kinds.ApiExtensions;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Which names a definition gets: each that no other definition of its group has. Pure.</summary>
internal static class NameAcceptance
{
    /// <param name="others">The other definitions of the group.</param>
    /// <returns>The status as it should be.</returns>
    public static CustomResourceDefinitionStatus Judge(CustomResourceDefinition definition, IEnumerable<CustomResourceDefinition> others, DateTimeOffset now)
    {
        var (accepted, condition) = Names(definition, [.. others.Select(o => o.Status.AcceptedNames)]);
        var status = Conditions.With(definition.Status with { AcceptedNames = accepted }, condition, now);
        if (!Conditions.IsTrue(definition, "Established"))
            status = Conditions.With(status, Established(condition.Status == "True"), now);
        return Approved(definition, Structural(definition, status, now), now);
    }

    private static (CustomResourceDefinitionNames Names, CustomResourceDefinitionCondition Condition) Names(CustomResourceDefinition definition, List<CustomResourceDefinitionNames> taken)
    {
        var resources = taken.SelectMany(n => n.ShortNames.Append(n.Plural).Append(n.Singular)).Where(n => n.Length > 0).ToHashSet();
        var kinds = taken.SelectMany(n => new[] { n.Kind, n.ListKind }).Where(n => n.Length > 0).ToHashSet();
        var (wanted, now) = (definition.Spec.Names, definition.Status.AcceptedNames);
        var problems = new List<(string Reason, string Message)>();

        var accepted = now with
        {
            Plural = Fresh(wanted.Plural, now.Plural, resources, "PluralConflict"),
            Singular = Fresh(wanted.Singular, now.Singular, resources, "SingularConflict"),
            ShortNames = Short(),
            Kind = Fresh(wanted.Kind, now.Kind, kinds, "KindConflict"),
            ListKind = Fresh(wanted.ListKind, now.ListKind, kinds, "ListKindConflict"),
            Categories = wanted.Categories,
        };
        // Upstream tells of the last conflict it met.
        return (accepted, problems.Count > 0
            ? new() { Type = "NamesAccepted", Status = "False", Reason = problems[^1].Reason, Message = problems[^1].Message }
            : new() { Type = "NamesAccepted", Status = "True", Reason = "NoConflicts", Message = "no conflicts found" });

        string Fresh(string name, string own, HashSet<string> used, string reason)
        {
            if (name == own || !used.Contains(name))
                return name;

            problems.Add((reason, $"\"{name}\" is already in use"));
            return own;
        }

        IReadOnlyList<string> Short()
        {
            var conflicts = wanted.ShortNames.Where(n => !now.ShortNames.Contains(n) && resources.Contains(n)).Select(n => $"\"{n}\" is already in use").ToList();
            if (conflicts.Count == 0)
                return wanted.ShortNames;

            problems.Add(("ShortNamesConflict", conflicts.Count == 1 ? conflicts[0] : $"[{string.Join(", ", conflicts)}]"));
            return now.ShortNames;
        }
    }

    private static CustomResourceDefinitionCondition Established(bool isAccepted) => isAccepted
        ? new() { Type = "Established", Status = "True", Reason = "InitialNamesAccepted", Message = "the initial names have been accepted" }
        : new() { Type = "Established", Status = "False", Reason = "NotAccepted", Message = "not all names are accepted" };

    /// <summary>Only old definitions can have a schema that is not structural.</summary>
    private static CustomResourceDefinitionStatus Structural(CustomResourceDefinition definition, CustomResourceDefinitionStatus status, DateTimeOffset now)
    {
        var violations = definition.Spec.Versions.SelectMany((v, i) => DefinitionSchemas.Of(v) is { } schema ? StructuralRules.Validate(schema, $"spec.versions[{i}].schema.openAPIV3Schema") : []).ToList();
        if (violations.Count == 0)
            return Conditions.Without(status, "NonStructuralSchema");

        var findings = new Findings();
        findings.AddRange(violations);
        return Conditions.With(status, new() { Type = "NonStructuralSchema", Status = "True", Reason = "Violations", Message = findings.ToString() }, now);
    }

    private static CustomResourceDefinitionStatus Approved(CustomResourceDefinition definition, CustomResourceDefinitionStatus status, DateTimeOffset now)
    {
        const string Type = "KubernetesAPIApprovalPolicyConformant";
        if (!ApprovalRules.IsProtected(definition.Spec.Group))
            return status;

        var (state, reason) = ApprovalRules.Of(definition.Metadata);
        return Conditions.With(status, new()
        {
            Type = Type,
            Status = state == Approval.Approved ? "True" : "False",
            Reason = state switch
            {
                Approval.Approved => "ApprovedAnnotation",
                Approval.Bypassed => "UnapprovedAnnotation",
                Approval.Missing => "MissingAnnotation",
                _ => "InvalidAnnotation",
            },
            Message = reason,
        }, now);
    }
}
