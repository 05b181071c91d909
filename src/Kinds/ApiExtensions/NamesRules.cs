using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The names under which custom resources are served, wanted (spec) or accepted (status).</summary>
internal static class NamesRules
{
    private const string MixedCase = "may have mixed case, but should otherwise match: ";

    public static void Validate(CustomResourceDefinitionNames names, string field, Findings findings)
    {
        Label(names.Plural, field + ".plural");
        Label(names.Singular, field + ".singular");
        Label(names.Kind, field + ".kind", MixedCase);
        Label(names.ListKind, field + ".listKind", MixedCase);
        for (var i = 0; i < names.ShortNames.Count; i++)
            Label(names.ShortNames[i], $"{field}.shortNames[{i}]", mayBeEmpty: false);
        if (names.Kind.Length > 0 && names.Kind == names.ListKind)
            findings.Invalid(field + ".listKind", names.ListKind, "kind and listKind may not be the same");
        for (var i = 0; i < names.Categories.Count; i++)
            Label(names.Categories[i], $"{field}.categories[{i}]", mayBeEmpty: false);

        void Label(string name, string place, string introduction = "", bool mayBeEmpty = true)
        {
            if (mayBeEmpty && name.Length == 0)
                return;

            var problems = NameRules.Dns1035Label(introduction.Length > 0 ? name.ToLowerInvariant() : name).ToList();
            if (problems.Count > 0)
                findings.Invalid(place, name, introduction + string.Join(",", problems));
        }
    }

    /// <summary>What spec must say and status may not know yet.</summary>
    public static void Require(CustomResourceDefinitionNames names, string field, Findings findings)
    {
        foreach (var (name, value) in new[] { ("plural", names.Plural), ("singular", names.Singular), ("kind", names.Kind), ("listKind", names.ListKind) })
        {
            if (value.Length == 0)
                findings.Required($"{field}.{name}");
        }
    }
}
