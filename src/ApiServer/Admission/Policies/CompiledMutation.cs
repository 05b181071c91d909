using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>A MutatingAdmissionPolicy ready for use: its expressions compiled. Thread-safe.</summary>
internal sealed class CompiledMutation
{
    private const string TestFailed = "testing value";

    private readonly PolicyVariables _variables;
    private readonly MatchConditions _conditions;
    private readonly IReadOnlyList<(bool IsJsonPatch, Expression Expression)> _mutations;

    public CompiledMutation(MutatingAdmissionPolicy policy)
    {
        var spec = policy.Spec;
        var hasParams = spec.ParamKind is not null;
        FailsOpen = spec.FailurePolicy == "Ignore";
        WantsReinvocation = spec.ReinvocationPolicy == "IfNeeded";
        Match = new(spec.MatchConstraints);
        _conditions = MatchConditions.Of(spec.MatchConditions, AdmissionExpressions.Create(hasParams), FailsOpen);
        _variables = new(spec.Variables, AdmissionExpressions.Create(hasParams));
        var environment = _variables.DeclareIn(AdmissionExpressions.Create(hasParams).WithMutation());
        _mutations =
        [
            .. spec.Mutations.Select(m => m.JsonPatch is { } patch
                ? (true, Expression.Compile(patch.Expression, environment, CelMutations.Patch))
                : (false, Expression.Compile(m.ApplyConfiguration?.Expression ?? "", environment, CelMutations.Configuration))),
        ];
    }

    public bool FailsOpen { get; }

    public bool WantsReinvocation { get; }

    public PolicyMatch Match { get; }

    public int Count => _mutations.Count;

    /// <exception cref="PolicyException">A condition could not be evaluated.</exception>
    public bool IsMeant(CelBindings bindings, CancellationToken ct)
    {
        if (_conditions.IsEmpty)
            return true;

        var (matches, error) = _conditions.Evaluate(bindings, new(CelLimits.MatchConditionsBudget), ct);
        return error.Length == 0 ? matches : throw new PolicyException(error);
    }

    /// <param name="draft">The object as it is before this mutation.</param>
    /// <returns>The object after it.</returns>
    /// <exception cref="PolicyException">The mutation could not be made.</exception>
    public byte[] Mutate(int index, CelBindings bindings, IObject draft, ServedResource form, ResourceType? body, CancellationToken ct)
    {
        var (isJsonPatch, expression) = _mutations[index];
        var cost = new CostMeter(CelLimits.RuntimeBudget);
        _variables.BindTo(bindings, cost, ct);
        var (value, error) = expression.Evaluate(bindings, cost, ct);
        if (error.Length > 0)
            throw new PolicyException(error);

        var document = ReviewBody.Encode(draft, form, body);
        return Encode(isJsonPatch ? Patched(JsonNode.Parse(document)!, value) : Applied(JsonElement.Parse(document), value, form));
    }

    private static JsonNode Applied(JsonElement document, CelValue value, ServedResource form)
    {
        if (value.Kind != CelKind.Object || Written(value) is not JsonObject configuration)
            throw new PolicyException($"unsupported return type from ApplyConfiguration expression: {value.Kind}");

        return StructuredMerge.Apply(document, JsonElement.Parse(Encode(configuration)), form.Kind.Codec.Schema)!;
    }

    private static JsonNode Patched(JsonNode document, CelValue value)
    {
        if (value.Kind != CelKind.List || Written(value) is not JsonArray operations)
            throw new PolicyException("type mismatch: JSONPatchType.expression should evaluate to array");

        try
        {
            return JsonPatch.Apply(document, Encode(operations)) ?? document;
        }
        catch (PatchException e) when ((e.Detail + e.Message).Contains(TestFailed, StringComparison.Ordinal))
        {
            return document; // a test that does not hold is how a patch says "not this one"
        }
        catch (PatchException e)
        {
            throw new PolicyException($"JSON Patch: {(e.Detail.Length > 0 ? e.Detail : e.Message)}");
        }
    }

    private static JsonNode? Written(CelValue value)
    {
        try
        {
            return CelJson.Write(value);
        }
        catch (FormatException e)
        {
            throw new PolicyException(e.Message);
        }
    }

    private static byte[] Encode(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
