using System.Globalization;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The rules of list and watch parameters (apimachinery's <c>ValidateListOptions</c>). Pure.</summary>
internal static class ListRules
{
    private const string Match = "resourceVersionMatch";

    /// <exception cref="ApiException">422.</exception>
    public static void ValidateList(ListOptions options)
    {
        var findings = new Findings();
        if (options.SendInitialEvents is not null)
            findings.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        if (options.ResourceVersionMatch.Length > 0)
        {
            if (options.ResourceVersion.Length == 0)
                findings.Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (options.Continue.Length > 0)
                findings.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
            if (options.ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
                findings.NotSupported(Match, options.ResourceVersionMatch, "Exact", "NotOlderThan", "");
            if (options is { ResourceVersionMatch: "Exact", ResourceVersion: "0" })
                findings.Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        ThrowIfAny(findings);
    }

    /// <exception cref="ApiException">422.</exception>
    public static void ValidateWatch(ListOptions options)
    {
        var findings = new Findings();
        if (options.SendInitialEvents is not null)
        {
            if (options.ResourceVersionMatch != "NotOlderThan")
                findings.Forbidden(Match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        else if (options.ResourceVersionMatch.Length > 0)
            findings.Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");

        ThrowIfAny(findings);
    }

    /// <exception cref="ApiException">400: not a version.</exception>
    public static long ParseVersion(string resourceVersion)
    {
        if (resourceVersion.Length == 0)
            return 0;

        return long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw ApiException.BadRequest($"resourceVersion: Invalid value: \"{resourceVersion}\": strconv.ParseUint: parsing \"{resourceVersion}\": invalid syntax");
    }

    /// <summary>Which objects a client wants, as one test.</summary>
    /// <exception cref="ApiException">400: a selector is malformed or names a field by which this kind cannot be selected.</exception>
    public static Selection Select(ServedResource resource, ListOptions options)
    {
        try
        {
            var labels = SelectorParser.Parse(options.LabelSelector);
            var fields = FieldSelector.Parse(options.FieldSelector);
            foreach (var requirement in fields.Requirements)
                CheckField(resource, requirement.Field);
            return new(resource, labels, fields);
        }
        catch (FormatException e)
        {
            throw ApiException.BadRequest(e.Message);
        }
    }

    private static void CheckField(ServedResource resource, string field)
    {
        var own = resource.Kind.FieldNames;
        // A kind with fields of its own knows only those, so one without namespaces has none to select by.
        if (field == "metadata.name" || (field == "metadata.namespace" && (resource.Type.Namespaced || own.Count == 0)) || own.Contains(field))
            return;

        throw ApiException.BadRequest(own.Count > 0 || resource.Custom is not null
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }

    private static void ThrowIfAny(Findings findings)
    {
        if (findings.Any)
            throw ApiException.Invalid("meta.k8s.io", "ListOptions", "", findings);
    }
}
