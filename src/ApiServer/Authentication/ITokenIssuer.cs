using KubeSharp.Objects.AuthenticationV1;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>Signs tokens for service accounts (the <c>serviceaccounts/token</c> subresource, KEP-1205).</summary>
public interface ITokenIssuer
{
    /// <summary>Answers the request with a token bound to the account and, if asked, to a pod or secret.</summary>
    /// <exception cref="ApiException">The bound object does not exist or is of a kind that cannot be bound; the lifetime is out of range.</exception>
    ValueTask<TokenRequest> IssueAsync(ServiceAccount account, TokenRequest request, CancellationToken ct);
}
