namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules in their order: first all that may change the object, then all that judge it.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IAdmission> rules)
{
    /// <remarks>If a rule changed what others had already looked at, all are asked a second time; never a third, or two could quarrel for ever.</remarks>
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Options.IsAdmitted)
            return;

        await AdmitOnceAsync(request, ct);
        if (!request.MustReinvoke)
            return;

        request.IsReinvocation = true;
        await AdmitOnceAsync(request, ct);
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Options.IsAdmitted)
            return;

        foreach (var rule in rules)
            await rule.ValidateAsync(request, ct);
    }

    private async ValueTask AdmitOnceAsync(AdmissionRequest request, CancellationToken ct)
    {
        foreach (var rule in rules)
            await rule.AdmitAsync(request, ct);
    }
}
