using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>Who is asking, once that has been proved.</summary>
public sealed record Identity(string Name, IReadOnlyList<string> Groups)
{
    public const string AnonymousName = "system:anonymous";
    public const string Unauthenticated = "system:unauthenticated";
    public const string Authenticated = "system:authenticated";
    public const string Masters = "system:masters";

    public static Identity Anonymous { get; } = new(AnonymousName, [Unauthenticated]);

    public string Uid { get; init; } = "";

    /// <summary>Further facts a credential carries, such as the pod a token is bound to.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>One way to prove an identity: client certificate, service-account token …</summary>
/// <remarks>Answers <see langword="null"/> if the request has no credential of this sort.</remarks>
public interface IAuthenticator
{
    /// <exception cref="KubeSharp.Machinery.ApiException">401: there is a credential and it is bad.</exception>
    ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct);
}
