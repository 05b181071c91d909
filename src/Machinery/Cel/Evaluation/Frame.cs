namespace KubeSharp.Machinery.Cel;

/// <summary>The state of one evaluation: variables, what it has cost, and when it must stop.</summary>
internal sealed class Frame(int slots, ulong limit, CancellationToken ct)
{
    private int _steps;

    public CelValue[] Slots { get; } = new CelValue[slots];

    public ulong Cost { get; private set; }

    public void Charge(ulong cost)
    {
        Cost = Cost + cost < Cost ? ulong.MaxValue : Cost + cost;
        if (Cost > limit)
            throw new EvaluationStop(CelError.CostLimit);
    }

    /// <summary>Called for every step of a loop.</summary>
    public void Step()
    {
        if (++_steps % CelLimits.CheckFrequency == 0 && ct.IsCancellationRequested)
            throw new EvaluationStop(CelError.Interrupted);
    }
}

/// <summary>Ends an evaluation from within; never leaves <see cref="CelProgram"/>.</summary>
internal sealed class EvaluationStop(string message) : Exception(message);
