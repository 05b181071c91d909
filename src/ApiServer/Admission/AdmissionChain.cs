namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules in their order: first all that may change the object, then all that judge it.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IAdmission> rules)
{
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        foreach (var rule in rules)
            await rule.AdmitAsync(request, ct);
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        foreach (var rule in rules)
            await rule.ValidateAsync(request, ct);
    }
}
