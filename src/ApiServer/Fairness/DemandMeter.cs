namespace KubeSharp.ApiServer.Fairness;

/// <summary>The mean, spread and peak of the seats a level could use, over the time since the last look.</summary>
internal sealed class DemandMeter(TimeProvider clock)
{
    private long _since = clock.GetTimestamp();
    private double _seats;
    private double _seconds;
    private double _sum;
    private double _squares;
    private double _peak;

    public void Set(double seats, long now)
    {
        Advance(now);
        _seats = seats;
        _peak = Math.Max(_peak, seats);
    }

    public Demand Take(long now)
    {
        Advance(now);
        var mean = _seconds > 0 ? _sum / _seconds : 0;
        var taken = new Demand(_seconds, mean, _seconds > 0 ? Math.Sqrt(Math.Max(0, (_squares / _seconds) - (mean * mean))) : 0, _peak);
        (_seconds, _sum, _squares, _peak) = (0, 0, 0, _seats);
        return taken;
    }

    private void Advance(long now)
    {
        var passed = clock.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        _seconds += passed;
        _sum += passed * _seats;
        _squares += passed * _seats * _seats;
    }
}

/// <param name="Seconds">Over which it was measured.</param>
internal readonly record struct Demand(double Seconds, double Mean, double Deviation, double Peak);
