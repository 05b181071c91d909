using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.ApiServer.Aggregation;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>A front proxy that has proved itself by its certificate says who asks (<c>X-Remote-User</c> …).</summary>
/// <remarks>Anybody else's claims are not even looked at: the other credentials of the request decide.</remarks>
public sealed class RequestHeaderAuthenticator(FrontProxy proxy, TimeProvider clock) : IAuthenticator
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Certificates that were proved; each lives as long as its connection.</summary>
    private readonly ConditionalWeakTable<X509Certificate2, object> _proved = [];

    public async ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct)
    {
        var headers = context.Request.Headers;
        var name = headers[RequestHeaders.User].FirstOrDefault(v => v is { Length: > 0 });
        if (name is null || await context.Connection.GetClientCertificateAsync(ct) is not { } certificate || !IsProxy(certificate))
            return null;

        List<string> groups = [.. headers[RequestHeaders.Group].OfType<string>().Where(g => g.Length > 0)];
        if (name != Identity.AnonymousName && !groups.Contains(Identity.Authenticated) && !groups.Contains(Identity.Unauthenticated))
            groups.Add(Identity.Authenticated);
        return new(name, groups) { Uid = headers[RequestHeaders.Uid].FirstOrDefault() ?? "", Extra = RequestHeaders.ReadExtra(headers, RequestHeaders.ExtraPrefix) };
    }

    private bool IsProxy(X509Certificate2 certificate)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
            return false;
        if (_proved.TryGetValue(certificate, out _))
            return true;

        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if ((proxy.AllowedNames.Count > 0 && !proxy.AllowedNames.Contains(name)) || !IsSigned(certificate, now))
            return false;

        _proved.AddOrUpdate(certificate, this);
        return true;
    }

    private bool IsSigned(X509Certificate2 certificate, DateTime now)
    {
        if (proxy.Authorities.Count == 0)
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(proxy.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
