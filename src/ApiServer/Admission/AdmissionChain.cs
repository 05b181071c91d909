using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Tracing;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules in their order: first all that may change the object, then all that judge it.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IAdmission> rules, TimeProvider clock)
{
    private readonly (IAdmission Rule, string Name)[] _rules = [.. rules.Select(r => (r, AdmissionNames.Of(r)))];

    /// <remarks>If a rule changed what others had already looked at, all are asked a second time; never a third, or two could quarrel for ever.</remarks>
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Options.IsAdmitted)
            return;

        using var span = Spans.Admission(AdmissionMetrics.Admit);
        await StepAsync(AdmissionMetrics.Admit, request, ct);
        if (!request.MustReinvoke)
            return;

        request.IsReinvocation = true;
        await StepAsync(AdmissionMetrics.Admit, request, ct);
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Options.IsAdmitted)
            return;

        using var span = Spans.Admission(AdmissionMetrics.Validate);
        await StepAsync(AdmissionMetrics.Validate, request, ct);
    }

    private async ValueTask StepAsync(string type, AdmissionRequest request, CancellationToken ct)
    {
        var isRejected = true;
        var began = clock.GetTimestamp();
        var before = began;
        var name = "";
        try
        {
            foreach (var (rule, its) in _rules)
            {
                name = its;
                await (type == AdmissionMetrics.Admit ? rule.AdmitAsync(request, ct) : rule.ValidateAsync(request, ct));
                var now = clock.GetTimestamp();
                AdmissionMetrics.Controller(name, request.Verb, type, isRejected: false, clock.GetElapsedTime(before, now));
                before = now;
            }

            isRejected = false;
        }
        finally
        {
            var now = clock.GetTimestamp();
            if (isRejected)
                AdmissionMetrics.Controller(name, request.Verb, type, isRejected, clock.GetElapsedTime(before, now));
            AdmissionMetrics.Step(request.Verb, type, isRejected, clock.GetElapsedTime(began, now));
        }
    }
}
