using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary>A subresource with a body of its own kind that is answered out of the store: scale, binding, eviction, token.</summary>
/// <remarks>Subresources that take the whole object (<c>status</c>, <c>finalize</c> …) go through <see cref="IResourceVerbs"/> instead.</remarks>
public interface IStoredSubresource
{
    /// <summary>Whether this answers for a subresource of a resource; the name is empty for <c>bindings</c>, which is a resource of its own.</summary>
    bool Serves(ServedResource resource, string subresource);

    /// <summary>What the body is decoded as.</summary>
    ObjectCodec Codec { get; }

    /// <exception cref="ApiException">Refused; 405 for a verb it does not have.</exception>
    Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct);
}

public enum SubresourceVerb
{
    Get,
    Create,
    Update,
    Patch,
}

/// <param name="Resource">The parent.</param>
public sealed record SubresourceCall(SubresourceVerb Verb, ServedResource Resource, ObjectKey Key, WriteOptions Options)
{
    /// <summary>The decoded body of a create or update.</summary>
    public IObject? Posted { get; init; }

    /// <summary>The body of a patch.</summary>
    public PatchBody? Patch { get; init; }
}

/// <summary>Either an object or a Status, with the HTTP code.</summary>
public sealed record SubresourceAnswer(int Code, IObject? Object = null, Status? Status = null)
{
    /// <summary>201 with upstream's bare success.</summary>
    public static SubresourceAnswer Created { get; } = new(201, Status: new() { Kind = "Status", ApiVersion = "v1", StatusValue = "Success", Code = 201 });
}
