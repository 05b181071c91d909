using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>Finds the objects a binding gives to its policy as parameters.</summary>
internal sealed class PolicyParams(Func<string, string, string, ServedResource?> findKind, Caches caches)
{
    /// <returns>One entry for each evaluation; a single <see langword="null"/> for a policy without parameters.</returns>
    /// <exception cref="PolicyException">The binding cannot be followed.</exception>
    public async ValueTask<IReadOnlyList<(string Key, JsonNode? Value)>> FindAsync(ParamKind? kind, ParamRef? reference, string requestNamespace, CancellationToken ct)
    {
        if (kind is null || reference is null)
            return [("", null)];

        var slash = kind.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var resource = findKind(slash < 0 ? "" : kind.ApiVersion[..slash], kind.ApiVersion[(slash + 1)..], kind.Kind)
            ?? throw new PolicyException($"paramKind kind `{kind.ApiVersion}, Kind={kind.Kind}` not known");
        var found = await FindAsync(resource, reference, NamespaceOf(resource, reference, requestNamespace), ct);
        if (found.Count == 0 && reference.ParameterNotFoundAction == "Deny")
            throw new PolicyException("no params found for policy binding with `Deny` parameterNotFoundAction");

        return [.. found.Select(o => (o.Key.ToString(), JsonNode.Parse(o.As(resource).Json.Span)))];
    }

    private static string NamespaceOf(ServedResource resource, ParamRef reference, string requestNamespace)
    {
        if (!resource.Type.Namespaced)
            return reference.Namespace.Length == 0 ? "" : throw new PolicyException("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");

        var ns = reference.Namespace.Length > 0 ? reference.Namespace : requestNamespace;
        return ns.Length > 0 ? ns : throw new PolicyException("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
    }

    private async ValueTask<IReadOnlyList<StoredObject>> FindAsync(ServedResource resource, ParamRef reference, string ns, CancellationToken ct)
    {
        if (reference is { Name.Length: > 0, Selector: not null })
            throw new PolicyException("paramRef.name and paramRef.selector are mutually exclusive");
        if (reference.Name.Length > 0)
            return await caches.FindAsync(resource, new(ns, reference.Name), ct) is { } one ? [one] : [];
        if (reference.Selector is null)
            throw new PolicyException("one of name or selector must be provided");

        var selector = Selector.Of(reference.Selector);
        return [.. (await caches.ListAsync(resource, ns, ct)).Objects.Where(o => selector.Matches(o.Labels))];
    }
}
