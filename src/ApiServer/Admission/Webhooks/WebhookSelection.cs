using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Whether a webhook is to be asked about a request, and in which form.</summary>
internal sealed class WebhookSelection(RequestMatcher matcher)
{
    /// <returns>The form of the resource the webhook sees, or <see langword="null"/>: it is not asked.</returns>
    /// <exception cref="ApiException">403: a condition could not be evaluated and the webhook must not be passed by. 404: there is no such namespace.</exception>
    public async ValueTask<ServedResource?> FormForAsync(Webhook hook, AdmissionRequest request, CancellationToken ct)
    {
        if (matcher.FindForm(hook.Rules, hook.IsExact, request) is not { } form || !RequestMatcher.SelectsObject(hook.Objects, request))
            return null;

        return await matcher.SelectsNamespaceAsync(hook.Namespaces, request, ct) ? form : null;
    }
}
