using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Objects.AdmissionregistrationV1;
using Bound = KubeSharp.ApiServer.Admission.Policies.PolicyCatalog<
    KubeSharp.Objects.AdmissionregistrationV1.ValidatingAdmissionPolicy,
    KubeSharp.Objects.AdmissionregistrationV1.ValidatingAdmissionPolicyBinding,
    KubeSharp.ApiServer.Admission.Policies.CompiledValidation>.Bound;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>Judges writes by the ValidatingAdmissionPolicies that are bound: refuses, warns or notes for the audit, as each binding wants.</summary>
internal sealed class ValidatingPolicies(IObjects objects, RequestMatcher matcher, PolicyParams parameters, IAuthorizer authorizer, TimeProvider clock) : IAdmission
{
    private const int LongestAnnotation = 10 * 1024;
    private const string FailureAnnotation = "validation.policy.admission.k8s.io/validation_failure";

    private readonly PolicyCatalog<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, CompiledValidation> _catalog = new(objects, p => new(p), b => b.Spec.PolicyName);

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        var all = _catalog.All();
        if (all.Count == 0 || RequestRules.IsExempt(request.Resource.Type))
            return;

        var findings = new Findings();
        foreach (var policy in all)
            await JudgeAsync(policy, request, findings, ct);

        if (findings.Audited.Count > 0)
            request.Annotate(FailureAnnotation, System.Text.Encoding.UTF8.GetString(FieldManagement.JsonBytes.Of(findings.Audited).Span));
        if (findings.First is { } refusal)
            throw Answer(request, refusal.Message, refusal.Reason);
    }

    private async ValueTask JudgeAsync(Bound policy, AdmissionRequest request, Findings findings, CancellationToken ct)
    {
        if (await policy.Compiled.Match.FormForAsync(matcher, request, ct) is not { } form)
            return;

        var annotations = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        ExpressionInput? input = null;
        foreach (var binding in policy.Bindings)
        {
            if (await new PolicyMatch(binding.Spec.MatchResources).FormForAsync(matcher, request, ct) is null)
                continue;

            try
            {
                foreach (var (_, value) in await parameters.FindAsync(policy.Policy.Spec.ParamKind, binding.Spec.ParamRef, request.Key.Namespace, ct))
                {
                    input ??= new(request, form, isDraft: false, await NamespaceAsync(request, ct), authorizer);
                    var began = clock.GetTimestamp();
                    var verdict = policy.Compiled.Evaluate(input.Bindings(value), ct);
                    Count(policy.Policy, binding, verdict, clock.GetElapsedTime(began));
                    findings.Add(policy.Policy, binding, verdict, request);
                    foreach (var (key, text) in verdict.AuditAnnotations)
                        Add(annotations, key, text);
                }
            }
            catch (PolicyException e) when (policy.Compiled.FailsOpen)
            {
                _ = e; // a binding that cannot be followed does not hold up the write
            }
            catch (PolicyException e)
            {
                findings.Deny(policy.Policy, binding, $"failed to configure binding: {e.Message}", "Invalid");
            }
        }

        foreach (var (key, texts) in annotations)
            request.Annotate($"{policy.Policy.Metadata.Name}/{key}", string.Join(", ", texts.Distinct()));
    }

    private static void Count(ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicyBinding binding, Verdict verdict, TimeSpan took)
    {
        if (verdict.Refusals.Count == 0)
            PolicyMetrics.Validated(policy.Metadata.Name, binding.Metadata.Name, "allow", PolicyMetrics.NoError, took);
        foreach (var refusal in verdict.Refusals)
        {
            foreach (var action in binding.Spec.ValidationActions)
                PolicyMetrics.Validated(policy.Metadata.Name, binding.Metadata.Name, action.ToLowerInvariant(), refusal.Index < 0 ? PolicyMetrics.InvalidError : PolicyMetrics.NoError, took);
        }
    }

    private static void Add(SortedDictionary<string, List<string>> annotations, string key, string text)
    {
        if (!annotations.TryGetValue(key, out var texts))
            annotations.Add(key, texts = []);
        texts.Add(text.Length > LongestAnnotation ? text[..LongestAnnotation] : text);
    }

    private async ValueTask<Namespace?> NamespaceAsync(AdmissionRequest request, CancellationToken ct) =>
        request.Key.Namespace.Length > 0 ? await objects.FindAsync<Namespace>(new("", request.Key.Namespace), ct) : null;

    private static ApiException Answer(AdmissionRequest request, string message, string reason)
    {
        var status = request.Forbidden(message).Status;
        var code = reason switch
        {
            "Unauthorized" => 401,
            "Forbidden" => 403,
            "RequestEntityTooLarge" => 413,
            _ => 422,
        };
        return new(status with { Code = code, Reason = reason, Details = status.Details! with { Causes = [new() { Message = message }] } });
    }

    /// <summary>What all policies have found so far.</summary>
    private sealed class Findings
    {
        private const int MostAudited = 50;

        public (string Message, string Reason)? First { get; private set; }

        public JsonArray Audited { get; } = [];

        public void Add(ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicyBinding binding, Verdict verdict, AdmissionRequest request)
        {
            foreach (var refusal in verdict.Refusals)
            {
                foreach (var action in binding.Spec.ValidationActions)
                {
                    if (action == "Deny")
                        Deny(policy, binding, refusal.Message, refusal.Reason);
                    else if (action == "Warn")
                        request.Options.Warn($"Validation failed for ValidatingAdmissionPolicy '{policy.Metadata.Name}' with binding '{binding.Metadata.Name}': {refusal.Message}");
                    else if (action == "Audit" && Audited.Count < MostAudited)
                        Audited.Add((JsonNode)Note(policy, binding, refusal));
                }
            }
        }

        public void Deny(ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicyBinding binding, string message, string reason) =>
            First ??= ($"ValidatingAdmissionPolicy '{policy.Metadata.Name}' with binding '{binding.Metadata.Name}' denied request: {message}", reason);

        private static JsonObject Note(ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicyBinding binding, Refusal refusal) => new()
        {
            ["message"] = refusal.Message,
            ["policy"] = policy.Metadata.Name,
            ["binding"] = binding.Metadata.Name,
            ["expressionIndex"] = Math.Max(refusal.Index, 0),
            ["validationActions"] = new JsonArray([.. binding.Spec.ValidationActions.Select(a => (JsonNode)a)]),
        };
    }
}
