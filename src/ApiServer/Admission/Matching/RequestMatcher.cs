using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Matching;

/// <summary>Which webhooks and policies a request is for, and in which version of its resource they want to see it.</summary>
internal sealed class RequestMatcher(IObjects objects, Func<IReadOnlyList<ServedResource>> resources)
{
    /// <summary>A selector that cannot be read selects everything: a guard is rather asked too often.</summary>
    public static Selector SelectorOf(LabelSelector? selector)
    {
        try
        {
            return selector is null ? Selector.Everything : Selector.Of(selector);
        }
        catch (FormatException)
        {
            return Selector.Everything;
        }
    }

    /// <returns>The resource in the form the rules name, or <see langword="null"/> if they are not about the request.</returns>
    public ServedResource? FindForm(IReadOnlyList<RuleWithOperations> rules, bool isExact, AdmissionRequest request)
    {
        var requested = request.Requested;
        if (IsAbout(rules, request, requested))
            return requested;
        if (isExact)
            return null;

        foreach (var other in resources())
        {
            if (!ReferenceEquals(other, requested) && other.IsStored && AreViews(other, requested) && IsAbout(rules, request, other))
                return other;
        }

        return null;
    }

    private static bool IsAbout(IReadOnlyList<RuleWithOperations> rules, AdmissionRequest request, ServedResource form)
    {
        var isNamespaced = request.Resource.Type.Namespaced;
        foreach (var rule in rules)
        {
            if (RequestRules.Matches(rule, request.Verb, form.Type, request.Subresource, isNamespaced))
                return true;
        }

        return false;
    }

    /// <summary>The labels of the request's namespace are what is selected by; requests about the cluster are always meant.</summary>
    /// <exception cref="ApiException">404: the namespace is not there.</exception>
    public async ValueTask<bool> SelectsNamespaceAsync(Selector selector, AdmissionRequest request, CancellationToken ct)
    {
        if (selector.IsEverything)
            return true;

        if (request.Resource.Type is { Group: "", Plural: "namespaces" })
        {
            var own = request is { Subresource: "", Object: Namespace posted } ? posted : (Namespace?)request.Old ?? await objects.FindAsync<Namespace>(new("", request.Key.Name), ct);
            return own is not null && selector.Matches(own.Metadata.Labels);
        }

        if (request.Key.Namespace.Length == 0)
            return true;

        var ns = await objects.FindAsync<Namespace>(new("", request.Key.Namespace), ct) ?? throw ApiException.NotFound("", "namespaces", request.Key.Namespace);
        return selector.Matches(ns.Metadata.Labels);
    }

    /// <summary>The new state or the old one is selected: nothing escapes by changing its labels.</summary>
    public static bool SelectsObject(Selector selector, AdmissionRequest request) =>
        selector.IsEverything || Selects(selector, request.Object) || Selects(selector, request.Old);

    private static bool Selects(Selector selector, IObject? obj) => obj is not (null or ConnectionOptions) && selector.Matches(obj.Metadata.Labels);

    private static bool AreViews(ServedResource a, ServedResource b) => ReferenceEquals(a.StoredForm?.Resource ?? a, b.StoredForm?.Resource ?? b);
}
