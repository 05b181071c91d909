using System.Net.Http.Headers;

namespace KubeSharp.Client.Config;

/// <summary>Adds who we are to each request that does not say.</summary>
internal sealed class CredentialsHandler(Func<AuthenticationHeaderValue> credentials, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization ??= credentials();
        return base.SendAsync(request, cancellationToken);
    }
}
