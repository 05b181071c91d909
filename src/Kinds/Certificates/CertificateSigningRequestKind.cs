using KubeSharp.Objects.CertificatesV1;

namespace KubeSharp.Kinds.Certificates;

/// <summary>All the API server knows about CertificateSigningRequests; it fills in itself who asks.</summary>
internal sealed class CertificateSigningRequestKind(TimeProvider clock) : Kind<CertificateSigningRequest>
{
    private const string SignerName = "spec.signerName";

    /// <summary>Sorted, as the message lists them.</summary>
    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
        "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
        "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ];

    public override IReadOnlyCollection<string> FieldNames { get; } = [SignerName];

    public override IReadOnlyDictionary<string, string> SelectableFields(CertificateSigningRequest obj) =>
        new Dictionary<string, string> { [SignerName] = obj.Spec.SignerName };

    /// <summary>Nobody minds what a request is called.</summary>
    public override IEnumerable<string> ValidateName(string name) => NameRules.PathSegment(name);

    public override CertificateSigningRequest PrepareForUpdate(CertificateSigningRequest old, CertificateSigningRequest obj) =>
        obj with { Spec = old.Spec, Status = old.Status };

    public override CertificateSigningRequest PrepareForStatusUpdate(CertificateSigningRequest old, CertificateSigningRequest obj)
    {
        var kept = base.PrepareForStatusUpdate(old, obj);
        return kept with { Status = kept.Status with { Conditions = RequestConditions.Stamped(old.Status.Conditions, kept.Status.Conditions, clock.GetUtcNow()) } };
    }

    public override void Validate(CertificateSigningRequest obj, Findings findings)
    {
        Spec(obj.Spec, findings);
        RequestConditions.Validate(obj.Status.Conditions, [], findings);
        RequestConditions.Certificate(obj.Status.Certificate, findings);
    }

    public override void ValidateUpdate(CertificateSigningRequest old, CertificateSigningRequest obj, Findings findings)
    {
        Spec(obj.Spec, findings);
        RequestConditions.ValidateUpdate(old, obj, RequestParts.None, findings);
    }

    public override void ValidateStatusUpdate(CertificateSigningRequest old, CertificateSigningRequest obj, Findings findings) =>
        RequestConditions.ValidateUpdate(old, obj, RequestParts.Certificate, findings);

    public override IReadOnlyList<object?> Cells(CertificateSigningRequest obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        CellText.OrNone(obj.Spec.SignerName),
        obj.Spec.Username,
        obj.Spec.ExpirationSeconds is { } seconds ? Ages.Human(TimeSpan.FromSeconds(seconds)) : CellText.None,
        State(obj.Status),
    ];

    private static void Spec(CertificateSigningRequestSpec spec, Findings findings)
    {
        if (SigningRequest.Fault(spec.Request) is { } fault)
            findings.Invalid("spec.request", spec.Request, fault);
        if (spec.Usages.Count == 0)
            findings.Required("spec.usages");
        for (var i = 0; i < spec.Usages.Count; i++)
        {
            if (!Usages.Contains(spec.Usages[i]))
                findings.NotOneOf($"spec.usages[{i}]", spec.Usages[i], Usages);
        }

        for (var i = 0; i < spec.Usages.Count; i++)
        {
            if (spec.Usages.Take(i).Contains(spec.Usages[i]))
                findings.Duplicate($"spec.usages[{i}]", spec.Usages[i]);
        }

        if (spec.SignerName == "kubernetes.io/legacy-unknown")
            findings.Invalid(SignerName, spec.SignerName, "the legacy signerName is not allowed via this API version");
        else
            SignerRules.Validate(SignerName, spec.SignerName, findings);
        if (spec.ExpirationSeconds < 600)
            findings.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration less than 600 seconds (10 minutes)");
    }

    private static string State(CertificateSigningRequestStatus status)
    {
        bool Has(string type) => status.Conditions.Any(c => c.Type == type);
        var state = Has("Denied") ? "Denied" : Has("Approved") ? "Approved" : "Pending";
        return $"{state}{(Has("Failed") ? ",Failed" : "")}{(status.Certificate.IsEmpty ? "" : ",Issued")}";
    }
}
