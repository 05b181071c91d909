using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>What somebody wants to do: to a resource, or (<see cref="Path"/> set) to a path outside the resources.</summary>
/// <param name="Verb"><c>get list watch create update patch delete deletecollection</c> …; for a path the method in lower case.</param>
public sealed record AccessRequest(Identity User, string Verb)
{
    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The path of a request that is not about a resource (<c>/healthz</c>); empty otherwise.</summary>
    public string Path { get; init; } = "";

    public bool IsResource => Path.Length == 0;
}

/// <summary>An authorizer's answer; the first that is not <see cref="NoOpinion"/> counts, and nobody's opinion is a refusal.</summary>
/// <param name="Reason">For the refusal's message and the audit.</param>
public readonly record struct Decision(bool? Allowed, string Reason)
{
    public static Decision NoOpinion { get; } = new(null, "");

    public static Decision Allow(string reason) => new(true, reason);

    public static Decision Deny(string reason) => new(false, reason);
}

public interface IAuthorizer
{
    ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct);
}
