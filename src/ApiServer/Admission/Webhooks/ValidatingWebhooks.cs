using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionregistrationV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Asks all validating webhooks at once; each may refuse what will be stored.</summary>
internal sealed partial class ValidatingWebhooks(
    WebhookSource<ValidatingWebhookConfiguration> source, WebhookSelection selection, WebhookCaller caller, ILogger<ValidatingWebhooks> log) : IAdmission
{
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        var hooks = source.All();
        if (hooks.Count == 0 || RequestRules.IsExempt(request.Resource.Type))
            return;

        var asked = new List<Task<ApiException?>>();
        for (var i = 0; i < hooks.Count; i++)
        {
            if (await selection.FormForAsync(hooks[i], request, isDraft: false, ct) is { } form)
                asked.Add(AskAsync(hooks[i], request, form, i, ct));
        }

        if (asked.Count > 0 && (await Task.WhenAll(asked)).FirstOrDefault(e => e is not null) is { } refusal)
            throw refusal;
    }

    private async Task<ApiException?> AskAsync(Webhook hook, AdmissionRequest request, ServedResource form, int index, CancellationToken ct)
    {
        try
        {
            await caller.AskAsync(hook, request, form, MutableForm.Final(request, form, request.Object), MutableForm.Final(request, form, request.Old), WebhookMetrics.Validating, ct);
            return null;
        }
        catch (ApiException e)
        {
            return e;
        }
        catch (WebhookException e) when (hook.FailsOpen)
        {
            FailedOpen(e, hook.Name);
            request.Annotate($"failed-open.validating.webhook.admission.k8s.io/round_0_index_{index}", hook.Name);
            return null;
        }
        catch (WebhookException e)
        {
            return ApiException.Internal(e.Message, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Webhook {Webhook} could not be asked; by its failure policy the write goes on without it.")]
    private partial void FailedOpen(Exception e, string webhook);
}
