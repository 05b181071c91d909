namespace KubeSharp.ApiServer.Fairness;

/// <summary>Sets what each level may use now, from what it asked for lately: idle levels lend, busy ones borrow.</summary>
internal static class Borrowing
{
    public static void Adjust(IReadOnlyCollection<PriorityLevel> levels)
    {
        var total = levels.Sum(l => l.Nominal);
        var left = total;
        var (least, leastNow) = (0, 0);
        var limited = new List<(PriorityLevel Level, int Floor)>();
        foreach (var level in levels)
        {
            level.Observe();
            var peak = (int)Math.Round(level.Demand.Peak);
            if (level.IsExempt)
            {
                var taken = Math.Max(level.Least, peak);
                left -= taken;
                level.Allow(taken, taken);
                continue;
            }

            var floor = Math.Max(level.Least, Math.Min(level.Nominal, peak));
            least += level.Least;
            leastNow += floor;
            limited.Add((level, floor));
        }

        if (left <= least)
        {
            foreach (var (level, floor) in limited)
                level.Allow(level.Least, floor);
        }
        else if (left <= leastNow)
        {
            var share = (double)(left - least) / (leastNow - least);
            foreach (var (level, floor) in limited)
                level.Allow(level.Least + (int)Math.Round((floor - level.Least) * share), floor);
        }
        else
        {
            var claims = limited.Select(l => new Claim(Math.Max(l.Floor, l.Level.Smoothed), l.Floor, l.Level.Most)).ToList();
            var shares = Allotment.Of(total, claims).Shares;
            for (var i = 0; i < limited.Count; i++)
                limited[i].Level.Allow((int)Math.Round(shares[i]), claims[i].Target);
        }
    }
}
