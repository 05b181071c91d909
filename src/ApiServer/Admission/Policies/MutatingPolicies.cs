using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionregistrationV1;
using Bound = KubeSharp.ApiServer.Admission.Policies.PolicyCatalog<
    KubeSharp.Objects.AdmissionregistrationV1.MutatingAdmissionPolicy,
    KubeSharp.Objects.AdmissionregistrationV1.MutatingAdmissionPolicyBinding,
    KubeSharp.ApiServer.Admission.Policies.CompiledMutation>.Bound;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>Changes what is written as the MutatingAdmissionPolicies that are bound say, one after the other.</summary>
internal sealed class MutatingPolicies(IObjects objects, RequestMatcher matcher, PolicyParams parameters, IAuthorizer authorizer, TimeProvider clock) : IAdmission
{
    private readonly PolicyCatalog<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, CompiledMutation> _catalog = new(objects, p => new(p), b => b.Spec.PolicyName);

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        var all = _catalog.All();
        if (all.Count == 0 || RequestRules.IsExempt(request.Resource.Type))
            return;

        var errors = new List<(string Message, string Reason)>();
        foreach (var policy in all)
            await ApplyAsync(policy, request, errors, ct);
        if (errors.Count > 0)
            throw Answer(request, errors);
    }

    private async ValueTask ApplyAsync(Bound policy, AdmissionRequest request, List<(string Message, string Reason)> errors, CancellationToken ct)
    {
        if (await policy.Compiled.Match.FormForAsync(matcher, request, ct) is not { } form)
            return;

        foreach (var binding in policy.Bindings)
        {
            if (await new PolicyMatch(binding.Spec.MatchResources).FormForAsync(matcher, request, ct) is null)
                continue;

            try
            {
                foreach (var (key, value) in await parameters.FindAsync(policy.Policy.Spec.ParamKind, binding.Spec.ParamRef, request.Key.Namespace, ct))
                    await ApplyAsync(policy, binding, request, form, key, value, errors, ct);
            }
            catch (PolicyException e)
            {
                Note(policy, binding, $"failed to configure binding: {e.Message}", "", errors);
            }
        }
    }

    private async ValueTask ApplyAsync(
        Bound policy, MutatingAdmissionPolicyBinding binding, AdmissionRequest request, ServedResource form, string param, JsonNode? value, List<(string Message, string Reason)> errors, CancellationToken ct)
    {
        var (compiled, id) = (policy.Compiled, $"policy/{policy.Policy.Metadata.Name}/{binding.Metadata.Name}/{param}");
        if (request.IsReinvocation && !(request.Seen.TryGetValue(id, out var state) && compiled.WantsReinvocation && !ReferenceEquals(state, request.Object)))
            return;

        var ns = request.Key.Namespace.Length > 0 ? await objects.FindAsync<Namespace>(new("", request.Key.Namespace), ct) : null;
        var input = new ExpressionInput(request, form, isDraft: true, ns, authorizer);
        try
        {
            if (!compiled.IsMeant(input.Bindings(value), ct))
                return;
        }
        catch (PolicyException e)
        {
            Note(policy, binding, e.Message, "Invalid", errors);
            return;
        }

        var before = request.Object;
        var (began, error) = (clock.GetTimestamp(), PolicyMetrics.NoError);
        for (var i = 0; i < compiled.Count && request.Object is not (null or ConnectionOptions); i++)
        {
            try
            {
                var draft = MutableForm.Draft(request, form)!;
                var changed = compiled.Mutate(i, input.Bindings(value), draft, form, request.BodyType, ct);
                if (!changed.AsSpan().SequenceEqual(Webhooks.ReviewBody.Encode(draft, form, request.BodyType)))
                    MutableForm.Take(request, form, changed, $"policy '{policy.Policy.Metadata.Name}'");
            }
            catch (PolicyException e)
            {
                error = PolicyMetrics.InvalidError;
                Note(policy, binding, e.Message, "Invalid", errors);
            }
        }

        PolicyMetrics.Mutated(policy.Policy.Metadata.Name, binding.Metadata.Name, error, clock.GetElapsedTime(began));
        request.Seen[id] = request.Object;
        if (!ReferenceEquals(before, request.Object))
            request.MustReinvoke = true;
    }

    private static void Note(Bound policy, MutatingAdmissionPolicyBinding binding, string message, string reason, List<(string Message, string Reason)> errors)
    {
        if (!policy.Compiled.FailsOpen)
            errors.Add(($"policy '{policy.Policy.Metadata.Name}' with binding '{binding.Metadata.Name}' denied request: {message}", reason));
    }

    private static ApiException Answer(AdmissionRequest request, List<(string Message, string Reason)> errors)
    {
        var status = request.Forbidden("admission request denied by policy").Status;
        return new(status with
        {
            Message = errors[0].Message,
            Reason = errors[0].Reason.Length > 0 ? errors[0].Reason : status.Reason,
            Details = status.Details! with { Causes = [.. errors.Select(e => new StatusCause { Message = e.Message })] },
        });
    }
}
