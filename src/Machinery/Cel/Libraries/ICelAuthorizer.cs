namespace KubeSharp.Machinery.Cel;

/// <summary>The host's answer to authorization questions of expressions. Called on the evaluating thread.</summary>
public interface ICelAuthorizer
{
    CelDecision Authorize(CelAuthorizationRequest request);
}

/// <summary>One question.</summary>
/// <param name="Path">A URL path, for a question about a non-resource; else <see langword="null"/>.</param>
/// <param name="ServiceAccount">Asks for this account (namespace, name) instead of the user of the request.</param>
public sealed record CelAuthorizationRequest(string Verb, string? Path, (string Namespace, string Name)? ServiceAccount)
{
    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>As written; empty if none was.</summary>
    public string FieldSelector { get; init; } = "";

    public string LabelSelector { get; init; } = "";
}

/// <param name="Error">Empty if none; <c>errored()</c> tells.</param>
public sealed record CelDecision(bool Allowed, string Reason = "", string Error = "");

/// <summary>The values of the variables of the authorizer.</summary>
public static class CelAuthorizers
{
    /// <summary>The type to declare <c>authorizer</c> with.</summary>
    public static CelType AuthorizerType => AuthorizerLibrary.Authorizer;

    /// <summary>The type to declare <c>authorizer.requestResource</c> with: the name of that variable has a dot.</summary>
    public static CelType ResourceCheckType => AuthorizerLibrary.ResourceCheck;

    public static CelValue Authorizer(ICelAuthorizer host) => AuthorizerLibrary.Value(host, null);

    /// <param name="request">The resource of the request at hand; its verb is what <c>check</c> gives.</param>
    public static CelValue RequestResource(ICelAuthorizer host, CelAuthorizationRequest request) => AuthorizerLibrary.Value(host, request);
}
