using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>How objects get from one version to another: not at all, or through a webhook.</summary>
internal static class ConversionRules
{
    private const string Field = "spec.conversion";

    public static void Validate(CustomResourceDefinitionSpec spec, Strictness strictness, Findings findings)
    {
        if (spec.Conversion is not { } conversion)
            return;

        if (conversion.Strategy != "None" && spec.PreserveUnknownFields)
            findings.Invalid(Field + ".strategy", conversion.Strategy, "must be None if spec.preserveUnknownFields is true");
        findings.OneOf(Field + ".strategy", conversion.Strategy, "None", "Webhook");
        if (conversion.Strategy != "Webhook")
        {
            if (conversion.Webhook?.ClientConfig is not null)
                findings.Forbidden(Field + ".webhookClientConfig", "should not be set when strategy is not set to Webhook");
            if (conversion.Webhook?.ConversionReviewVersions.Count > 0)
                findings.Forbidden(Field + ".conversionReviewVersions", "should not be set when strategy is not set to Webhook");
            return;
        }

        if (conversion.Webhook?.ClientConfig is { } client)
            Client(client, strictness, Field + ".webhookClientConfig", findings);
        else
            findings.Required(Field + ".webhookClientConfig", "required when strategy is set to Webhook");
        Reviews(conversion.Webhook?.ConversionReviewVersions ?? [], strictness.RequiresKnownReviews, Field + ".conversionReviewVersions", findings);
    }

    private static void Client(WebhookClientConfig client, Strictness strictness, string field, Findings findings)
    {
        if (client.Url is null == client.Service is null)
            findings.Required(field, "exactly one of url or service is required");
        else if (client.Url is { } url)
            Url(url, field + ".url", findings);
        else
            Service(client.Service!, field + ".service", findings);

        if (client.CaBundle.Length > 0 && strictness.RequiresSoundAuthorities && !HasCertificate(client.CaBundle))
            findings.Invalid(field + ".caBundle", Convert.ToBase64String(client.CaBundle.Span), "unable to load root certificates: unable to parse bytes as PEM block");
    }

    private static void Url(string text, string field, Findings findings)
    {
        const string Form = "; desired format: https://host[/path]";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            findings.Invalid(field, text, "url must be a valid URL" + Form);
            return;
        }

        if (url.Scheme != "https")
            findings.Invalid(field, url.Scheme, "'https' is the only allowed URL scheme" + Form);
        if (url.Host.Length == 0)
            findings.Invalid(field, url.Host, "host must be specified" + Form);
        if (url.UserInfo.Length > 0)
            findings.Invalid(field, url.UserInfo, "user information is not permitted in the URL");
        if (url.Fragment.Length > 0)
            findings.Invalid(field, url.Fragment[1..], "fragments are not permitted in the URL");
        if (url.Query.Length > 0)
            findings.Invalid(field, url.Query[1..], "query parameters are not permitted in the URL");
    }

    private static void Service(ServiceReference service, string field, Findings findings)
    {
        if (service.Name.Length == 0)
            findings.Required(field + ".name");
        if (service.Namespace.Length == 0)
            findings.Required(field + ".namespace");
        if (service.Port is { } port)
            findings.Each(field + ".port", (long)port, NameRules.PortNumber(port).Select(p => "port is not valid: " + p));
        if (service.Path is { Length: > 0 } path and not "/")
            Path(path, field + ".path", findings);
    }

    /// <summary>Every segment is a name; upstream takes the first character for the slash, whatever it is.</summary>
    private static void Path(string path, string field, Findings findings)
    {
        if (path == "//")
        {
            findings.Invalid(field, path, "segment[0] may not be empty");
            return;
        }

        if (!path.StartsWith('/'))
            findings.Invalid(field, path, "must start with a '/'");
        var segments = (path.EndsWith('/') ? path[1..^1] : path[1..]).Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0)
                findings.Invalid(field, path, $"segment[{i}] may not be empty");
            else
                findings.Each(field, path, NameRules.Dns1123Subdomain(segments[i]).Select(p => $"segment[{i}]: {p}"));
        }
    }

    private static void Reviews(IReadOnlyList<string> versions, bool requiresKnown, string field, Findings findings)
    {
        if (versions.Count == 0)
        {
            findings.Required(field);
            return;
        }

        for (var i = 0; i < versions.Count; i++)
        {
            if (versions.Take(i).Contains(versions[i]))
                findings.Invalid($"{field}[{i}]", versions[i], "duplicate version");
            else
                findings.Each($"{field}[{i}]", versions[i], NameRules.Dns1035Label(versions[i]));
        }

        if (requiresKnown && !versions.Any(v => v is "v1" or "v1beta1"))
            findings.Invalid(field, versions, "must include at least one of v1, v1beta1");
    }

    private static bool HasCertificate(ReadOnlyMemory<byte> bundle)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.UTF8.GetString(bundle.Span));
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
