using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.Kinds.Fairness;

/// <summary>All the API server knows about PriorityLevelConfigurations.</summary>
internal sealed class PriorityLevelConfigurationKind : Kind<PriorityLevelConfiguration>
{
    private const string Limited = "spec.limited";
    private const string NotNegative = "must be a non-negative integer";
    private const int MaxQueues = 10_000_000;
    private const int MaxHashBits = 60;

    public override PriorityLevelConfiguration ApplyDefaults(PriorityLevelConfiguration obj)
    {
        var spec = obj.Spec;
        return obj with
        {
            Spec = spec with
            {
                Exempt = spec.Exempt is { } exempt
                    ? exempt with { NominalConcurrencyShares = exempt.NominalConcurrencyShares ?? 0, LendablePercent = exempt.LendablePercent ?? 0 }
                    : null,
                Limited = spec.Limited is { } limited
                    ? limited with
                    {
                        NominalConcurrencyShares = limited.NominalConcurrencyShares ?? 30,
                        LendablePercent = limited.LendablePercent ?? 0,
                        LimitResponse = limited.LimitResponse.Queuing is { } queuing
                            ? limited.LimitResponse with
                            {
                                Queuing = new()
                                {
                                    Queues = queuing.Queues == 0 ? 64 : queuing.Queues,
                                    HandSize = queuing.HandSize == 0 ? 8 : queuing.HandSize,
                                    QueueLengthLimit = queuing.QueueLengthLimit == 0 ? 50 : queuing.QueueLengthLimit,
                                },
                            }
                            : limited.LimitResponse,
                    }
                    : null,
            },
        };
    }

    public override void Validate(PriorityLevelConfiguration obj, Findings findings)
    {
        var spec = obj.Spec;
        if ((obj.Metadata.Name == MandatoryFlows.Exempt) != (spec.Type == "Exempt"))
            findings.Invalid("spec.type", spec.Type, "type must be 'Exempt' if and only if name is 'exempt'");
        switch (spec.Type)
        {
            case "Exempt":
                if (spec.Limited is not null)
                    findings.Forbidden(Limited, "must be nil if the type is not Limited");
                if (spec.Exempt is { } exempt)
                    Shares("spec.exempt", exempt.NominalConcurrencyShares, exempt.LendablePercent, findings);
                break;
            case "Limited":
                if (spec.Exempt is not null)
                    findings.Forbidden("spec.exempt", "must be nil if the type is Limited");
                if (spec.Limited is { } limited)
                    Validate(limited, findings);
                else
                    findings.Required(Limited, "must not be empty when type is Limited");
                break;
            default:
                findings.NotSupported("spec.type", spec.Type, "Exempt", "Limited");
                break;
        }

        Mandatory(obj, findings);
        Status(obj, findings);
    }

    public override void ValidateStatusUpdate(PriorityLevelConfiguration old, PriorityLevelConfiguration obj, Findings findings) => Status(obj, findings);

    public override IReadOnlyList<object?> Cells(PriorityLevelConfiguration obj, DateTimeOffset now)
    {
        var queuing = obj.Spec.Limited?.LimitResponse.Queuing;
        return
        [
            obj.Metadata.Name,
            obj.Spec.Type,
            OrNone(obj.Spec.Limited?.NominalConcurrencyShares ?? obj.Spec.Exempt?.NominalConcurrencyShares),
            OrNone(queuing?.Queues),
            OrNone(queuing?.HandSize),
            OrNone(queuing?.QueueLengthLimit),
            Ages.Of(obj.Metadata.CreationTimestamp, now),
        ];
    }

    private static object OrNone(int? number) => number is { } some ? (long)some : CellText.None;

    private static void Validate(LimitedPriorityLevelConfiguration limited, Findings findings)
    {
        const string Response = $"{Limited}.limitResponse";
        if (limited.NominalConcurrencyShares < 0)
            findings.Invalid($"{Limited}.nominalConcurrencyShares", limited.NominalConcurrencyShares, NotNegative);
        switch (limited.LimitResponse.Type)
        {
            case "Reject":
                if (limited.LimitResponse.Queuing is not null)
                    findings.Forbidden($"{Response}.queuing", "must be nil if limited.limitResponse.type is not Limited");
                break;
            case "Queue":
                if (limited.LimitResponse.Queuing is { } queuing)
                    Queues(queuing, $"{Response}.queuing", findings);
                else
                    findings.Required($"{Response}.queuing", "must not be empty if limited.limitResponse.type is Limited");
                break;
            default:
                findings.NotSupported($"{Response}.type", limited.LimitResponse.Type, "Queue", "Reject");
                break;
        }

        Shares(Limited, null, limited.LendablePercent, findings);
        if (limited.BorrowingLimitPercent < 0)
            findings.Invalid($"{Limited}.borrowingLimitPercent", limited.BorrowingLimitPercent, "if specified, " + NotNegative);
    }

    private static void Shares(string field, int? nominal, int? lendable, Findings findings)
    {
        if (nominal < 0)
            findings.Invalid($"{field}.nominalConcurrencyShares", nominal, NotNegative);
        findings.InRange($"{field}.lendablePercent", lendable, 0, 100);
    }

    private static void Queues(QueuingConfiguration queuing, string field, Findings findings)
    {
        const string Positive = "must be positive";
        if (queuing.QueueLengthLimit <= 0)
            findings.Invalid($"{field}.queueLengthLimit", queuing.QueueLengthLimit, Positive);
        if (queuing.Queues <= 0)
            findings.Invalid($"{field}.queues", queuing.Queues, Positive);
        else if (queuing.Queues > MaxQueues)
            findings.Invalid($"{field}.queues", queuing.Queues, $"must not be greater than {MaxQueues}");

        if (queuing.HandSize <= 0)
            findings.Invalid($"{field}.handSize", queuing.HandSize, Positive);
        else if (queuing.HandSize > queuing.Queues)
            findings.Invalid($"{field}.handSize", queuing.HandSize, $"should not be greater than queues ({queuing.Queues})");
        else if (EntropyBits(queuing.Queues, queuing.HandSize) > MaxHashBits)
            findings.Invalid($"{field}.handSize", queuing.HandSize, $"required entropy bits of deckSize {queuing.Queues} and handSize {queuing.HandSize} should not be greater than {MaxHashBits}");
    }

    /// <summary>Bits of a hash that dealing a hand of queues uses up: the logarithm of the number of ordered hands.</summary>
    private static int EntropyBits(int deck, int hand) => (int)Math.Ceiling(Enumerable.Range(0, hand).Sum(i => Math.Log2(deck - i)));

    private static void Mandatory(PriorityLevelConfiguration obj, Findings findings)
    {
        if (MandatoryFlows.Level(obj.Metadata.Name) is not { } mandatory)
            return;

        // The shares of the exempt level are the administrator's to set.
        if (obj.Metadata.Name == MandatoryFlows.Exempt)
        {
            if (obj.Spec with { Exempt = mandatory.Exempt } != mandatory)
                findings.Invalid("spec", obj.Spec, "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value");
        }
        else if (obj.Spec != mandatory)
        {
            findings.Invalid("spec", obj.Spec, $"spec of '{obj.Metadata.Name}' must equal the fixed value");
        }
    }

    private static void Status(PriorityLevelConfiguration obj, Findings findings) =>
        FlowRules.ConditionTypes([.. obj.Status.Conditions.Select(c => c.Type)], "status.conditions", findings);
}
