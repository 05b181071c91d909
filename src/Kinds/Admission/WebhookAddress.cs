using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>Where a webhook listens.</summary>
internal static class WebhookAddress
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Url(string url, string field, Findings findings)
    {
        if (!Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out var parsed))
        {
            findings.Required(field, "url must be a valid URL" + Form);
            return;
        }

        if (!parsed.IsAbsoluteUri)
        {
            findings.Invalid(field, "", "'https' is the only allowed URL scheme" + Form);
            findings.Invalid(field, "", "host must be specified" + Form);
            return;
        }

        if (parsed.Scheme != "https")
            findings.Invalid(field, parsed.Scheme, "'https' is the only allowed URL scheme" + Form);
        if (parsed.Host.Length == 0)
            findings.Invalid(field, parsed.Host, "host must be specified" + Form);
        if (parsed.UserInfo.Length > 0)
            findings.Invalid(field, parsed.UserInfo, "user information is not permitted in the URL");
        if (parsed.Fragment.Length > 0)
            findings.Invalid(field, parsed.Fragment[1..], "fragments are not permitted in the URL");
        if (parsed.Query.Length > 0)
            findings.Invalid(field, parsed.Query[1..], "query parameters are not permitted in the URL");
    }

    public static void Service(ServiceReference service, string field, Findings findings)
    {
        findings.Present($"{field}.name", service.Name, "service name is required");
        findings.Present($"{field}.namespace", service.Namespace, "service namespace is required");
        foreach (var problem in NameRules.PortNumber(service.Port ?? 443))
            findings.Invalid($"{field}.port", service.Port, "port is not valid: " + problem);
        if (service.Path is { } path)
            Path(path, $"{field}.path", findings);
    }

    private static void Path(string path, string field, Findings findings)
    {
        if (path is "" or "/")
            return;
        if (path == "//")
        {
            findings.Invalid(field, path, "segment[0] may not be empty");
            return;
        }

        if (!path.StartsWith('/'))
            findings.Invalid(field, path, "must start with a '/'");

        var steps = (path.EndsWith('/') ? path[1..^1] : path[1..]).Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Length == 0)
                findings.Invalid(field, path, $"segment[{i}] may not be empty");
            else
                findings.Each(field, path, NameRules.Dns1123Subdomain(steps[i]).Select(p => $"segment[{i}]: {p}"));
        }
    }
}
