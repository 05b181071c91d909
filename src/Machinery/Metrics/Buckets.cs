namespace KubeSharp.Machinery.Metrics;

/// <summary>Bounds of histograms.</summary>
public static class Buckets
{
    /// <summary>Requests from milliseconds to a minute; upstream's for the API and its storage, in seconds.</summary>
    public static IReadOnlyList<double> Requests { get; } = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    public static IReadOnlyList<double> Exponential(double first, double factor, int count)
    {
        var bounds = new double[count];
        for (var i = 0; i < count; i++)
        {
            bounds[i] = first;
            first *= factor;
        }

        return bounds;
    }

    public static IReadOnlyList<double> Linear(double first, double step, int count)
    {
        var bounds = new double[count];
        for (var i = 0; i < count; i++)
            bounds[i] = first + (step * i);
        return bounds;
    }
}
