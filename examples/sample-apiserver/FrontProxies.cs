using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.SampleApiServer;

/// <summary>Whom this server believes: a front proxy that shows a certificate of the right authority and name. Its headers say who asks.</summary>
public sealed class FrontProxies(X509Certificate2Collection authorities, IReadOnlyList<string> names, TimeProvider clock)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <returns>Null for anybody else; without a certificate the headers are only claims.</returns>
    public Caller? Identify(HttpContext context)
    {
        var headers = context.Request.Headers;
        var user = headers["X-Remote-User"].ToString();
        return user.Length > 0 && context.Connection.ClientCertificate is { } certificate && IsProxy(certificate)
            ? new(user, [.. headers["X-Remote-Group"].OfType<string>()])
            : null;
    }

    private bool IsProxy(X509Certificate2 certificate)
    {
        if (!names.Contains(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)))
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        return chain.Build(certificate);
    }
}

/// <summary>Who asks, as the front proxy has found out.</summary>
public sealed record Caller(string User, IReadOnlyList<string> Groups);
