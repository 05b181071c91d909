using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>The webhooks of one configuration.</summary>
/// <param name="old">What the configuration held before; empty for a new one. What was wrong there already is let through once more.</param>
internal sealed class WebhookRules(IReadOnlyList<WebhookFields> hooks, IReadOnlyList<WebhookFields> old, Findings findings)
{
    private const string Reviews = "v1, v1beta1";

    private readonly bool _allowsSideEffects = old.Any(h => !h.HasNoSideEffects);
    private readonly bool _allowsUnknownReviews = old.Any(h => h.AdmissionReviewVersions.Count > 0 && !h.KnowsReviews);
    private readonly bool _allowsSameNames = old.Select(h => h.Name).Distinct().Count() < old.Count;
    private readonly bool _keepsConditions = old.Count > 0 && hooks.Count == old.Count && hooks.Zip(old).All(p => p.First.MatchConditions.SequenceEqual(p.Second.MatchConditions));

    public void Validate()
    {
        var names = new HashSet<string>();
        for (var i = 0; i < hooks.Count; i++)
        {
            Hook(hooks[i], $"webhooks[{i}]");
            ReviewVersions(hooks[i], $"webhooks[{i}].admissionReviewVersions");
            if (hooks[i].Name.Length > 0 && !names.Add(hooks[i].Name) && !_allowsSameNames)
                findings.Duplicate($"webhooks[{i}].name", hooks[i].Name);
        }
    }

    private void Hook(WebhookFields hook, string field)
    {
        QualifiedName($"{field}.name", hook.Name);
        for (var i = 0; i < hook.Rules.Count; i++)
            AdmissionRule.Of(hook.Rules[i]).Validate($"{field}.rules[{i}]", findings);
        findings.OptionalOneOf($"{field}.failurePolicy", hook.FailurePolicy, "Fail", "Ignore");
        findings.OptionalOneOf($"{field}.matchPolicy", hook.MatchPolicy, "Equivalent", "Exact");
        SideEffects(hook, $"{field}.sideEffects");
        if (hook.TimeoutSeconds is < 1 or > 30)
            findings.Invalid($"{field}.timeoutSeconds", hook.TimeoutSeconds, "the timeout value must be between 1 and 30 seconds");
        findings.Selector($"{field}.namespaceSelector", hook.NamespaceSelector);
        findings.Selector($"{field}.objectSelector", hook.ObjectSelector);
        findings.OptionalOneOf($"{field}.reinvocationPolicy", hook.ReinvocationPolicy, "IfNeeded", "Never");
        Client(hook.ClientConfig, $"{field}.clientConfig");
        if (!_keepsConditions)
            new PolicyExpressions(hasParams: false, [], findings).Conditions(hook.MatchConditions, $"{field}.matchConditions");
    }

    private void QualifiedName(string field, string name)
    {
        if (name.Length == 0)
        {
            findings.Required(field);
            return;
        }

        var problems = NameRules.Dns1123Subdomain(name).ToList();
        if (problems.Count > 0)
            findings.Invalid(field, name, string.Join(',', problems));
        else if (name.Split('.').Length < 3)
            findings.Invalid(field, name, "should be a domain with at least three segments separated by dots");
    }

    private void SideEffects(WebhookFields hook, string field)
    {
        string[] allowed = _allowsSideEffects ? ["None", "NoneOnDryRun", "Some", "Unknown"] : ["None", "NoneOnDryRun"];
        if (hook.SideEffects is not { } effects)
            findings.Required(field, $"must specify one of {string.Join(", ", allowed)}");
        else if (!allowed.Contains(effects))
            findings.NotSupported(field, effects, allowed);
    }

    private void Client(WebhookClientConfig client, string field)
    {
        if (client.Url is null == client.Service is null)
            findings.Required(field, "exactly one of url or service is required");
        else if (client.Url is { } url)
            WebhookAddress.Url(url, $"{field}.url", findings);
        else
            WebhookAddress.Service(client.Service!, $"{field}.service", findings);
    }

    private void ReviewVersions(WebhookFields hook, string field)
    {
        if (hook.AdmissionReviewVersions.Count == 0)
        {
            findings.Required(field, $"must specify one of {Reviews}");
            return;
        }

        var seen = new HashSet<string>();
        for (var i = 0; i < hook.AdmissionReviewVersions.Count; i++)
        {
            var version = hook.AdmissionReviewVersions[i];
            if (!seen.Add(version))
                findings.Invalid($"{field}[{i}]", version, "duplicate version");
            else
                findings.Each($"{field}[{i}]", version, NameRules.Dns1035Label(version));
        }

        if (!hook.KnowsReviews && !_allowsUnknownReviews)
            findings.Invalid(field, hook.AdmissionReviewVersions, $"must include at least one of {Reviews}");
    }
}
