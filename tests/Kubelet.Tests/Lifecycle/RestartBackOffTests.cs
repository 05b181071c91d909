using KubeSharp.Kubelet.Lifecycle;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

public sealed class RestartBackOffTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_pause_doubles_to_five_minutes_and_a_long_life_ends_it()
    {
        var now = Start;
        RestartBackOff? known = null;
        var pauses = new List<string>();
        for (var crash = 0; crash < 8; crash++)
        {
            var finishedAt = now;
            var end = RestartBackOff.EndsAt(known, finishedAt, now);
            pauses.Add(end is null ? "none" : RestartBackOff.Text(end.Value - now));
            now = end ?? now;
            known = RestartBackOff.Next(known, finishedAt, now);
        }

        Assert.Equal(["none", "10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s"], pauses);

        var afterLongLife = now + TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1);
        Assert.Null(RestartBackOff.EndsAt(known, afterLongLife, afterLongLife));
        Assert.Equal(RestartBackOff.First, RestartBackOff.Next(known, afterLongLife, afterLongLife).Delay);
    }

    [Fact]
    public void A_clock_that_was_set_back_holds_nobody_until_it_is_that_late_again()
    {
        var known = new RestartBackOff(RestartBackOff.Longest, Start);
        var finishedAt = Start.AddMinutes(1);

        Assert.Equal(finishedAt + RestartBackOff.Longest, RestartBackOff.EndsAt(known, finishedAt, finishedAt));
        Assert.Null(RestartBackOff.EndsAt(known, finishedAt, finishedAt.AddHours(-1)));
    }
}
