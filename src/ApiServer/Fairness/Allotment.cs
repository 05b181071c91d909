namespace KubeSharp.ApiServer.Fairness;

/// <summary>Shares out seats in proportion to targets, within bounds. Pure.</summary>
internal static class Allotment
{
    private const double LeastTarget = 0.001;
    private const int Rounds = 200;

    /// <returns>What each gets, summing to <paramref name="seats"/> where the bounds allow it, and the common factor of the targets.</returns>
    public static (double[] Shares, double Factor) Of(double seats, IReadOnlyList<Claim> claims)
    {
        // The sum grows with the factor, so the factor is found by halving.
        var (low, high) = (0.0, 1.0);
        foreach (var claim in claims)
            high = Math.Max(high, claim.Most / Math.Max(claim.Target, LeastTarget));
        for (var i = 0; i < Rounds && high - low > low * 1e-12; i++)
        {
            var middle = (low + high) / 2;
            if (claims.Sum(c => Share(c, middle)) < seats)
                low = middle;
            else
                high = middle;
        }

        return ([.. claims.Select(c => Share(c, high))], high);
    }

    private static double Share(Claim claim, double factor) => Math.Max(claim.Least, Math.Min(claim.Most, factor * Math.Max(claim.Target, LeastTarget)));
}

internal readonly record struct Claim(double Target, double Least, double Most);
