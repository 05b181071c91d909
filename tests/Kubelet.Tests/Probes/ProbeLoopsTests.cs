using System.Collections.Concurrent;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Objects.CoreV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Probes;

public sealed class ProbeLoopsTests : IProber
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ProbeResults _results = new();
    private readonly FakeEvents _events = new();
    private readonly ConcurrentQueue<string> _made = new();
    private readonly ConcurrentDictionary<ProbeKind, ProbeOutcome> _outcomes = new();

    private ProbeLoops Loops => field ??= new(this, _results, _ => { }, _events, _clock, new Random(1), NullLogger<ProbeLoops>.Instance);

    [InlineData("fff", 3, 1, "--F")]
    [InlineData("ffsfff", 3, 1, "--S--F")]
    [InlineData("s", 3, 1, "S")]
    [InlineData("ssff", 2, 2, "-S-F")]
    [InlineData("sfsfss", 3, 2, "-----S")]
    [Theory]
    public void A_verdict_takes_as_many_outcomes_in_a_row_as_its_threshold(string outcomes, int failures, int successes, string verdicts)
    {
        var probe = new Probe { FailureThreshold = failures, SuccessThreshold = successes };
        var tally = default(ProbeTally);
        var actual = "";
        foreach (var outcome in outcomes)
        {
            (tally, var verdict) = tally.Add(outcome == 's', probe);
            actual += verdict switch { true => 'S', false => 'F', null => '-' };
        }

        Assert.Equal(verdicts, actual);
    }

    [Fact]
    public async Task Liveness_and_readiness_wait_for_the_startup_probe()
    {
        _outcomes[ProbeKind.Startup] = ProbeOutcome.Failure("not yet");
        Loops.Ensure(Target(PodsOf.Named("web") with
        {
            StartupProbe = ProbeWith("startup", period: 1),
            LivenessProbe = ProbeWith("liveness", period: 1),
            ReadinessProbe = ProbeWith("readiness", period: 1),
        }));
        await UntilAsync(() => _made.Count >= 2);
        Assert.DoesNotContain("liveness", _made);

        _outcomes[ProbeKind.Startup] = ProbeOutcome.Success();
        await UntilAsync(() => _results.Verdict("c", ProbeKind.Readiness) == true && _results.Verdict("c", ProbeKind.Liveness) == true);
        Assert.Contains("Warning Unhealthy Startup probe failed: not yet [spec.containers{web}]", _events.All);
        await Loops.StopAsync("uid-p", new HashSet<string>());
        Assert.Null(_results.Verdict("c", ProbeKind.Readiness));
    }

    [Fact]
    public async Task A_probe_that_cannot_be_made_counts_as_failed_after_three_tries()
    {
        _outcomes[ProbeKind.Readiness] = new(ProbeResult.Error, "no runtime");
        Loops.Ensure(Target(PodsOf.Named("web") with { ReadinessProbe = ProbeWith("readiness", period: 10) with { FailureThreshold = 1 } }));

        await UntilAsync(() => _results.Verdict("c", ProbeKind.Readiness) == false);
        Assert.Equal(3, _made.Count);
        Assert.Single(_events.All, "Warning Unhealthy Readiness probe errored and resulted in failure state: no runtime [spec.containers{web}]");
        await Loops.StopAsync("uid-p", new HashSet<string>());
    }

    [Fact]
    public async Task The_first_probe_comes_after_the_initial_delay()
    {
        Loops.Ensure(Target(PodsOf.Named("web") with { LivenessProbe = ProbeWith("liveness", period: 1) with { InitialDelaySeconds = 20 } }));
        _clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(_made);
        await UntilAsync(() => !_made.IsEmpty);
        await Loops.StopAsync("uid-p", new HashSet<string>());
    }

    [Fact]
    public async Task A_pod_on_its_way_out_is_no_longer_judged()
    {
        Loops.Ensure(Target(PodsOf.Named("web") with { LivenessProbe = ProbeWith("liveness", period: 1), ReadinessProbe = ProbeWith("readiness", period: 1) }));
        await UntilAsync(() => _made.Contains("liveness") && _made.Contains("readiness"));

        Loops.StopJudging("uid-p");
        var (liveness, readiness) = (Count("liveness"), Count("readiness"));
        await UntilAsync(() => Count("readiness") > readiness + 3);

        Assert.InRange(Count("liveness"), liveness, liveness + 1); // one may have been on its way
        await Loops.StopAsync("uid-p", new HashSet<string>());
    }

    Task<ProbeOutcome> IProber.ProbeAsync(ProbeTarget target, Probe probe, CancellationToken ct)
    {
        var kind = Enum.Parse<ProbeKind>(probe.Exec!.Command[0], ignoreCase: true);
        _made.Enqueue(probe.Exec.Command[0]);
        return Task.FromResult(_outcomes.GetValueOrDefault(kind, ProbeOutcome.Success()));
    }

    private static Probe ProbeWith(string command, int period) => PodsOf.ProbeEvery(period, failureThreshold: 30) with { Exec = new() { Command = [command] } };

    private int Count(string command) => _made.Count(m => m == command);

    private ProbeTarget Target(Container container) =>
        new(PodsOf.One("p", container), container, ContainerKind.Regular, "c", _clock.GetUtcNow(), "10.0.0.1", IsAdopted: false);

    private async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 2000, "never so");
            _clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
