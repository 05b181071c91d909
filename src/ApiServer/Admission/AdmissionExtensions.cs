using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Admission.Policies;
using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules a cluster's users bring: webhooks and policies, with what they share.</summary>
internal sealed class AdmissionExtensions
{
    public AdmissionExtensions(IObjects objects, Resources resources, Caches caches, IAuthorizer authorizer, Chance chance, TimeProvider clock, ILoggerFactory logs)
    {
        var matcher = new RequestMatcher(objects, () => resources.All);
        var parameters = new PolicyParams(resources.FindKind, caches);
        var selection = new WebhookSelection(matcher, authorizer);
        var caller = new WebhookCaller(new(new(objects, chance)), chance, clock);
        MutatingPolicies = new MutatingPolicies(objects, matcher, parameters, authorizer, clock);
        MutatingWebhooks = new MutatingWebhooks(WebhookSources.Mutating(objects), selection, caller, logs.CreateLogger<MutatingWebhooks>());
        ValidatingPolicies = new ValidatingPolicies(objects, matcher, parameters, authorizer, clock);
        ValidatingWebhooks = new ValidatingWebhooks(WebhookSources.Validating(objects), selection, caller, logs.CreateLogger<ValidatingWebhooks>());
    }

    public IAdmission MutatingPolicies { get; }

    public IAdmission MutatingWebhooks { get; }

    public IAdmission ValidatingPolicies { get; }

    public IAdmission ValidatingWebhooks { get; }
}
