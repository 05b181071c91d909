using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules a cluster's users bring: webhooks and policies, with what they share.</summary>
internal sealed class AdmissionExtensions
{
    public AdmissionExtensions(IObjects objects, Func<IReadOnlyList<ServedResource>> resources, Chance chance, TimeProvider clock, ILoggerFactory logs)
    {
        var selection = new WebhookSelection(new RequestMatcher(objects, resources));
        var caller = new WebhookCaller(new(new(objects, chance)), chance, clock);
        MutatingWebhooks = new MutatingWebhooks(WebhookSources.Mutating(objects), selection, caller, logs.CreateLogger<MutatingWebhooks>());
        ValidatingWebhooks = new ValidatingWebhooks(WebhookSources.Validating(objects), selection, caller, logs.CreateLogger<ValidatingWebhooks>());
    }

    public IAdmission MutatingWebhooks { get; }

    public IAdmission ValidatingWebhooks { get; }
}
