using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeSharp.Kinds.Certificates;

/// <summary>The PKCS #10 request inside a CertificateSigningRequest.</summary>
internal static class SigningRequest
{
    private const string Label = "CERTIFICATE REQUEST";

    /// <summary>What is wrong with the request; <see langword="null"/> if it can be read and is signed by its own key.</summary>
    public static string? Fault(ReadOnlyMemory<byte> pem)
    {
        var text = Encoding.Latin1.GetString(pem.Span);
        if (!PemEncoding.TryFind(text, out var fields) || text[fields.Label] != Label)
            return $"PEM block type must be {Label}";

        try
        {
            // Loading checks the signature too, whatever hash the request is signed with.
            CertificateRequest.LoadSigningRequest(
                Convert.FromBase64String(text[fields.Base64Data]), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            return null;
        }
        catch (CryptographicException e)
        {
            return e.InnerException is AsnContentException ? "asn1: structure error: malformed certificate request" : $"x509: {e.Message}";
        }
        catch (NotSupportedException e)
        {
            return $"x509: {e.Message}";
        }
    }
}
