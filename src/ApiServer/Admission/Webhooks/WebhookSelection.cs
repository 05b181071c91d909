using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Whether a webhook is to be asked about a request, and in which form.</summary>
internal sealed class WebhookSelection(RequestMatcher matcher, IAuthorizer authorizer)
{
    /// <param name="isDraft">Whether the object may still be changed.</param>
    /// <returns>The form of the resource the webhook sees, or <see langword="null"/>: it is not asked.</returns>
    /// <exception cref="ApiException">403: a condition could not be evaluated and the webhook must not be passed by. 404: there is no such namespace.</exception>
    public async ValueTask<ServedResource?> FormForAsync(Webhook hook, AdmissionRequest request, bool isDraft, CancellationToken ct)
    {
        if (matcher.FindForm(hook.Rules, hook.IsExact, request) is not { } form || !RequestMatcher.SelectsObject(hook.Objects, request))
            return null;
        if (!await matcher.SelectsNamespaceAsync(hook.Namespaces, request, ct))
            return null;
        if (hook.Conditions.IsEmpty)
            return form;

        var input = new ExpressionInput(request, form, isDraft, null, authorizer);
        var (matches, error) = hook.Conditions.Evaluate(input.Bindings(), new CostMeter(Machinery.Cel.CelLimits.MatchConditionsBudget), ct);
        if (error.Length > 0)
            throw request.Forbidden(error);
        return matches ? form : null;
    }
}
