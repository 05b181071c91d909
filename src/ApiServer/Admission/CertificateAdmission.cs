using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.Objects.CertificatesV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>Who approves and who signs certificate requests needs a right for the signer; and nobody is signed into the masters' group.</summary>
internal sealed class CertificateAdmission(IAuthorizer authorizer) : IAdmission
{
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";
    private const string Organization = "2.5.4.10";

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        switch (request)
        {
            case { Verb: AdmissionVerb.Create, Subresource: "", Object: CertificateSigningRequest csr }:
                CheckSubject(request, csr);
                break;
            case { Verb: AdmissionVerb.Update, Subresource: "approval", Old: CertificateSigningRequest old }:
                await CheckAsync(request, "approve", old.Spec.SignerName, ct);
                break;
            case { Verb: AdmissionVerb.Update, Subresource: "status", Object: CertificateSigningRequest now, Old: CertificateSigningRequest old } when IsSigning(now, old):
                await CheckAsync(request, "sign", old.Spec.SignerName, ct);
                break;
        }
    }

    private static void CheckSubject(AdmissionRequest request, CertificateSigningRequest csr)
    {
        if (csr.Spec.SignerName != ClientSigner)
            return;

        CertificateRequest parsed;
        try
        {
            parsed = CertificateRequest.LoadSigningRequestPem(Encoding.UTF8.GetString(csr.Spec.Request.Span), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw request.Forbidden($"failed to parse CSR: {e.Message}");
        }

        if (parsed.SubjectName.EnumerateRelativeDistinguishedNames().Any(n => !n.HasMultipleElements && n.GetSingleElementType().Value == Organization && n.GetSingleElementValue() == Identity.Masters))
            throw request.Forbidden($"use of {ClientSigner} signer with {Identity.Masters} group is not allowed");
    }

    private static bool IsSigning(CertificateSigningRequest now, CertificateSigningRequest old) =>
        !now.Status.Certificate.Span.SequenceEqual(old.Status.Certificate.Span)
        || now.Status.Conditions.Any(c => c.Type == "Failed") != old.Status.Conditions.Any(c => c.Type == "Failed");

    /// <summary>The right is for one signer or, with <c>domain/*</c>, for all of its domain.</summary>
    private async ValueTask CheckAsync(AdmissionRequest request, string verb, string signer, CancellationToken ct)
    {
        var slash = signer.IndexOf('/', StringComparison.Ordinal);
        string[] names = slash < 0 ? [signer] : [signer, signer[..slash] + "/*"];
        foreach (var name in names)
        {
            var access = new AccessRequest(request.User, verb) { Group = "certificates.k8s.io", Version = "*", Resource = "signers", Name = name };
            if ((await authorizer.AuthorizeAsync(access, ct)).Allowed == true)
                return;
        }

        throw request.Forbidden($"user not permitted to {verb} requests with signerName \"{signer}\"");
    }
}
