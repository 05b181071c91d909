using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.CertificatesV1;

namespace KubeSharp.Kinds.Certificates;

/// <summary>The parts of a request's status that have a subresource of their own to write them.</summary>
public enum RequestParts
{
    None,
    Approval,
    Certificate,
}

/// <summary>A request's verdict and the certificate that came of it. A verdict is final; each is written through its own subresource.</summary>
public static class RequestConditions
{
    private const string Field = "status.conditions";

    /// <summary>What a write of an existing request may change.</summary>
    /// <param name="writable">The part that the subresource is for.</param>
    public static void ValidateUpdate(CertificateSigningRequest old, CertificateSigningRequest obj, RequestParts writable, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(obj);
        ArgumentNullException.ThrowIfNull(findings);
        Validate(obj.Status.Conditions, old.Status.Conditions, findings);
        var isSameCertificate = obj.Status.Certificate.Span.SequenceEqual(old.Status.Certificate.Span);
        if (!isSameCertificate)
            Certificate(obj.Status.Certificate, findings);

        foreach (var type in new[] { "Approved", "Denied", "Failed" }.Where(t => Of(obj, t).Count < Of(old, t).Count))
            findings.Forbidden(Field, $"updates may not remove a condition of type \"{type}\"");
        foreach (var type in writable == RequestParts.Approval ? [] : new[] { "Approved", "Denied" })
        {
            var (before, after) = (Of(old, type), Of(obj, type));
            if (after.Count > before.Count)
                findings.Forbidden(Field, $"updates may not add a condition of type \"{type}\"");
            else if (after.Count == before.Count && !before.SequenceEqual(after))
                findings.Forbidden(Field, $"updates may not modify a condition of type \"{type}\"");
        }

        if (isSameCertificate)
            return;
        if (writable != RequestParts.Certificate)
            findings.Forbidden("status.certificate", "updates may not set certificate content");
        else if (!old.Status.Certificate.IsEmpty)
            findings.Forbidden("status.certificate", "updates may not modify existing certificate content");
    }

    /// <summary>Conditions with the times a client left out: a condition that was there before in the same state keeps its own.</summary>
    public static IReadOnlyList<CertificateSigningRequestCondition> Stamped(
        IReadOnlyList<CertificateSigningRequestCondition> old, IReadOnlyList<CertificateSigningRequestCondition> conditions, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(conditions);
        if (conditions.All(c => c is { LastUpdateTime: not null, LastTransitionTime: not null }))
            return conditions;

        var second = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);
        return
        [
            .. conditions.Select(c => c with
            {
                LastUpdateTime = c.LastUpdateTime ?? second,
                LastTransitionTime = c.LastTransitionTime ?? old.FirstOrDefault(o => o.Type == c.Type && o.Status == c.Status)?.LastTransitionTime ?? second,
            }),
        ];
    }

    internal static void Validate(IReadOnlyList<CertificateSigningRequestCondition> conditions, IReadOnlyList<CertificateSigningRequestCondition> old, Findings findings)
    {
        // An old object may stay as contradictory as it is.
        var isContradictory = IsContradictory(old);
        var seen = new HashSet<string>();
        for (var i = 0; i < conditions.Count; i++)
        {
            var (condition, at) = (conditions[i], $"{Field}[{i}]");
            findings.Present($"{at}.type", condition.Type);
            if (condition.Type is "Approved" or "Denied" or "Failed")
                findings.OneOf($"{at}.status", condition.Status, "True");
            else
                findings.OneOf($"{at}.status", condition.Status, "False", "True", "Unknown");
            if (!isContradictory && condition.Type is "Approved" or "Denied" && IsContradictory([.. conditions.Take(i + 1)]))
                findings.Invalid($"{at}.type", condition.Type, "Approved and Denied conditions are mutually exclusive");
            if (!seen.Add(condition.Type))
                findings.Duplicate($"{at}.type", condition.Type);
        }
    }

    /// <summary>Certificates in PEM, and nothing else in PEM.</summary>
    internal static void Certificate(ReadOnlyMemory<byte> pem, Findings findings)
    {
        if (!pem.IsEmpty && Fault(Encoding.Latin1.GetString(pem.Span)) is { } fault)
            findings.Invalid("status.certificate", "<certificate data>", fault);
    }

    private static string? Fault(string pem)
    {
        var rest = pem.AsSpan();
        for (var blocks = 0; ; blocks++)
        {
            if (!PemEncoding.TryFind(rest, out var fields))
                return blocks == 0 ? "must contain at least one CERTIFICATE PEM block" : null;

            var label = rest[fields.Label];
            if (label is not "CERTIFICATE")
                return $"only CERTIFICATE PEM blocks are allowed, found \"{label}\"";

            try
            {
                using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            }
            catch (CryptographicException e)
            {
                return $"x509: {e.Message}";
            }

            rest = rest[fields.Location.End..];
        }
    }

    private static bool IsContradictory(IReadOnlyList<CertificateSigningRequestCondition> conditions) =>
        conditions.Any(c => c.Type == "Approved") && conditions.Any(c => c.Type == "Denied");

    private static List<CertificateSigningRequestCondition> Of(CertificateSigningRequest request, string type) => [.. request.Status.Conditions.Where(c => c.Type == type)];
}
