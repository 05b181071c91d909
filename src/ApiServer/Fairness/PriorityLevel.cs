using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>A priority level in force: its limits and its queues. Limits are set by <see cref="FairnessControl"/> alone.</summary>
internal sealed class PriorityLevel(PriorityLevelConfiguration configuration, TimeProvider clock)
{
    /// <summary>A half-life of five minutes at one look each ten seconds.</summary>
    private const double Smoothing = 0.977;

    private int _exempt;
    private int _exemptPeak;

    public PriorityLevelConfiguration Configuration { get; private set; } = configuration;

    public string Name => Configuration.Metadata.Name;

    public bool IsExempt => Configuration.Spec.Type == "Exempt";

    /// <summary>Its object is gone, and it goes once it is idle.</summary>
    public bool IsQuiescing { get; set; }

    public FairQueues Queues { get; } = new(clock);

    public int Nominal { get; private set; }

    public int Least { get; private set; }

    public int Most { get; private set; }

    public int Current { get; private set; } = -1;

    /// <summary>The most seats that one list may be thought to take.</summary>
    public int MaxSeats { get; private set; } = 100;

    public Demand Demand { get; private set; }

    public double Smoothed { get; private set; }

    public double Target { get; private set; }

    public double Shares => Configuration.Spec.Limited?.NominalConcurrencyShares ?? Configuration.Spec.Exempt?.NominalConcurrencyShares ?? 0;

    public bool IsIdle => Volatile.Read(ref _exempt) == 0 && Queues.IsIdle;

    public void EnterExempt()
    {
        var now = Interlocked.Increment(ref _exempt);
        if (now > Volatile.Read(ref _exemptPeak))
            Volatile.Write(ref _exemptPeak, now);
    }

    public void LeaveExempt() => Interlocked.Decrement(ref _exempt);

    public void Configure(PriorityLevelConfiguration configuration)
    {
        Configuration = configuration;
        var queuing = configuration.Spec.Limited?.LimitResponse.Queuing;
        Queues.Shape(queuing is null ? default : new(queuing.Queues, queuing.HandSize, queuing.QueueLengthLimit));
    }

    /// <param name="seats">Of the server.</param>
    /// <param name="allShares">Of all levels.</param>
    public void Divide(int seats, double allShares)
    {
        Nominal = allShares > 0 ? (int)Math.Ceiling(seats * Shares / allShares) : 0;
        var lendable = Configuration.Spec.Limited?.LendablePercent ?? Configuration.Spec.Exempt?.LendablePercent ?? 0;
        var lent = (int)Math.Round(Nominal * lendable / 100.0, MidpointRounding.AwayFromZero);
        Least = Nominal - lent;
        Most = Nominal + (Configuration.Spec.Limited?.BorrowingLimitPercent is { } borrowing ? (int)Math.Round(Nominal * borrowing / 100.0, MidpointRounding.AwayFromZero) : seats);
        if (Configuration.Spec.Limited?.LimitResponse.Queuing is { } queuing)
            MaxSeats = (int)Math.Max(1, Math.Min(Math.Ceiling(Nominal * 0.15), Nominal / queuing.HandSize));
        if (Current < 0)
            Current = Nominal - (lent / 2);
    }

    /// <summary>Looks at what was asked for since the last look.</summary>
    public void Observe()
    {
        Demand = IsExempt ? new(0, 0, 0, Interlocked.Exchange(ref _exemptPeak, Volatile.Read(ref _exempt))) : Queues.TakeDemand();
        if (Demand.Seconds <= 0)
            return;

        var envelope = Demand.Mean + Demand.Deviation;
        Smoothed = Math.Max(envelope, (Smoothing * Smoothed) + ((1 - Smoothing) * envelope));
    }

    public void Allow(int seats, double target)
    {
        (Current, Target) = (seats, target);
        Queues.Limit(seats);
    }
}
