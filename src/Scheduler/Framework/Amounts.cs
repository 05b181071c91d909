namespace KubeSharp.Scheduler.Framework;

/// <summary>Amounts of resources as plain numbers. Mutable and owned by one holder; arithmetic allocates only for scalar resources.</summary>
internal sealed class Amounts
{
    private Dictionary<string, long>? _scalars;

    /// <summary>Thousandths of a CPU.</summary>
    public long MilliCpu { get; private set; }

    /// <summary>Bytes.</summary>
    public long Memory { get; private set; }

    /// <summary>Bytes.</summary>
    public long EphemeralStorage { get; private set; }

    /// <summary>The number of pods; of a node's capacity only.</summary>
    public long Pods { get; private set; }

    public bool HasScalars => _scalars is { Count: > 0 };

    public bool IsZero => MilliCpu == 0 && Memory == 0 && EphemeralStorage == 0 && !HasScalars;

    /// <summary>Extended resources, huge pages, attachable volumes.</summary>
    public Dictionary<string, long> Scalars => _scalars ??= [];

    public static Amounts Of(IReadOnlyDictionary<string, Quantity> list)
    {
        var amounts = new Amounts();
        foreach (var (name, quantity) in list)
            amounts[name] = name == "cpu" ? quantity.MilliValue : quantity.Value;
        return amounts;
    }

    public long this[string name]
    {
        get => name switch
        {
            "cpu" => MilliCpu,
            "memory" => Memory,
            "ephemeral-storage" => EphemeralStorage,
            "pods" => Pods,
            _ => _scalars is not null && _scalars.TryGetValue(name, out var amount) ? amount : 0,
        };

        set
        {
            switch (name)
            {
                case "cpu":
                    MilliCpu = value;
                    break;
                case "memory":
                    Memory = value;
                    break;
                case "ephemeral-storage":
                    EphemeralStorage = value;
                    break;
                case "pods":
                    Pods = value;
                    break;
                default:
                    Scalars[name] = value;
                    break;
            }
        }
    }

    public void Add(Amounts other) => Add(other, 1);

    public void Subtract(Amounts other) => Add(other, -1);

    /// <summary>Raises each amount to the other's, where that is more.</summary>
    public void RaiseTo(Amounts other)
    {
        MilliCpu = Math.Max(MilliCpu, other.MilliCpu);
        Memory = Math.Max(Memory, other.Memory);
        EphemeralStorage = Math.Max(EphemeralStorage, other.EphemeralStorage);
        if (!other.HasScalars)
            return;

        foreach (var (name, amount) in other.Scalars)
            Scalars[name] = Math.Max(this[name], amount);
    }

    private void Add(Amounts other, int sign)
    {
        MilliCpu += sign * other.MilliCpu;
        Memory += sign * other.Memory;
        EphemeralStorage += sign * other.EphemeralStorage;
        if (!other.HasScalars)
            return;

        foreach (var (name, amount) in other.Scalars)
            Scalars[name] = this[name] + (sign * amount);
    }
}
