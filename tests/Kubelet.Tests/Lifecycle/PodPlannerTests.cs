using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

/// <summary>Decisions as a table. The shorthand is explained at <see cref="StateOf"/> and <see cref="TextOf"/>.</summary>
public sealed class PodPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // Starting
    [InlineData("Always", "", "web", "none", "", "sandbox#0, start web")]
    [InlineData("Always", "", "web db", "none", "", "sandbox#0, start web, start db")]
    [InlineData("Always", "", "web db", "ready", "", "start web, start db")]
    [InlineData("Always", "", "web db", "ready", "web=run", "start db")]
    [InlineData("Always", "", "web", "ready", "web=run", "nothing")]
    [InlineData("Always", "", "web", "ready", "web=created", "start web")]
    [InlineData("Always", "", "web", "ready", "web=unknown", "kill web, start web")]
    [InlineData("Always", "", "web", "ready", "web=run!", "kill web, start web")]

    // Restart policies
    [InlineData("Always", "", "web", "ready", "web=exit0", "start web")]
    [InlineData("Always", "", "web", "ready", "web=exit1", "start web")]
    [InlineData("OnFailure", "", "web", "ready", "web=exit0", "end")]
    [InlineData("OnFailure", "", "web", "ready", "web=exit1", "start web")]
    [InlineData("OnFailure", "", "web db", "ready", "web=exit0 db=run", "nothing")]
    [InlineData("OnFailure", "", "web db", "ready", "web=exit0 db=exit1", "start db")]
    [InlineData("Never", "", "web", "ready", "web=exit0", "end")]
    [InlineData("Never", "", "web", "ready", "web=exit1", "end")]
    [InlineData("Never", "", "web db", "ready", "web=run db=exit1", "nothing")]
    [InlineData("Never", "", "web db", "ready", "web=run", "start db")]

    // Sandboxes
    [InlineData("Always", "", "web", "dead", "web=exit137", "sandbox#1, start web")]
    [InlineData("OnFailure", "", "web db", "dead", "web=exit0 db=exit1", "sandbox#1, start db")]
    [InlineData("OnFailure", "", "web", "dead", "web=exit0", "end")]
    [InlineData("Never", "", "web", "dead", "web=exit137", "end")]
    [InlineData("Never", "", "web", "dead", "", "sandbox#1, start web")]
    [InlineData("Always", "", "web", "host", "web=run", "sandbox#1, start web")]
    [InlineData("Always", "", "web", "noip", "", "sandbox#1, start web")]
    [InlineData("Always", "init", "web", "dead", "init=exit0 web=exit137", "sandbox#1, start init")]

    // Init containers
    [InlineData("Always", "init", "web", "none", "", "sandbox#0, start init")]
    [InlineData("Always", "init", "web", "ready", "", "start init")]
    [InlineData("Always", "init", "web", "ready", "init=run", "nothing")]
    [InlineData("Always", "init", "web", "ready", "init=exit0", "start web")]
    [InlineData("Always", "init", "web", "ready", "init=exit1", "start init")]
    [InlineData("OnFailure", "init", "web", "ready", "init=exit1", "start init")]
    [InlineData("Never", "init", "web", "ready", "init=exit1", "end")]
    [InlineData("Never", "init", "web", "ready", "init=exit0", "start web")]
    [InlineData("Always", "i1 i2", "web", "ready", "i1=exit0", "start i2")]
    [InlineData("Always", "i1 i2", "web", "ready", "i1=exit0 i2=exit1", "start i2")]
    [InlineData("Always", "i1 i2", "web", "ready", "i2=run", "nothing")]
    [InlineData("Always", "i1 i2", "web", "ready", "i1=exit0 i2=exit0", "start web")]
    [InlineData("Always", "init", "web", "ready", "web=run", "nothing")]
    [InlineData("Always", "init", "web", "ready", "init=exit1 web=run", "nothing")]
    [InlineData("Always", "init", "web", "ready", "init=exit0@old web=exit0@old", "start init")]
    [InlineData("Always", "init", "web", "ready", "init=unknown", "kill init, start init")]

    // Sidecars
    [InlineData("Always", "side+", "web", "none", "", "sandbox#0, start side")]
    [InlineData("Always", "side+", "web", "ready", "side=run", "start web")]
    [InlineData("Always", "side+?", "web", "ready", "side=run", "nothing")]
    [InlineData("Always", "side+ init", "web", "ready", "side=run", "start init")]
    [InlineData("Always", "side+ init", "web", "ready", "side=exit1", "start side")]
    [InlineData("Always", "side+ init", "web", "ready", "side=exit1 init=run", "start side")]
    [InlineData("Always", "side+", "web", "ready", "side=exit0 web=run", "start side")]
    [InlineData("Never", "side+", "web", "ready", "side=exit1 web=run", "start side")]
    [InlineData("Never", "side+", "web", "ready", "side=run web=exit0", "end")]
    [InlineData("Always", "side+", "web", "ready", "web=run", "start side")]
    [InlineData("Always", "side+", "web", "ready", "side=run! web=run", "kill side, start side")]

    // Back-off, here after a restart of the kubelet: from what the runtime knows
    [InlineData("Always", "", "web", "ready", "web=exit1~1", "start web")]
    [InlineData("Always", "", "web", "ready", "web=exit1*1~9", "wait web 10s")]
    [InlineData("Always", "", "web", "ready", "web=exit1*1~10", "start web")]
    [InlineData("Always", "", "web", "ready", "web=exit1*2~10", "wait web 20s")]
    [InlineData("Always", "", "web", "ready", "web=exit0*5~100", "wait web 2m40s")]
    [InlineData("Always", "", "web", "ready", "web=exit1*9~299", "wait web 5m0s")]
    [InlineData("Always", "", "web db", "ready", "web=exit1*1~9", "start db, wait web 10s")]
    [InlineData("Always", "init", "web", "ready", "init=exit1*1~9", "wait init 10s")]
    [InlineData("Always", "", "web", "dead", "web=exit1*1~9", "sandbox#1, wait web 10s")]
    [Theory]
    public void A_pod_gets_what_it_lacks(string policy, string init, string regular, string sandbox, string state, string plan) =>
        Assert.Equal(plan, TextOf(PodPlanner.Plan(new(PodOf(policy, init, regular), StateOf(sandbox, state), (_, _) => null, _ => null, Now))));

    [InlineData("Always", "Liveness", "web=run", "kill web, start web", "Container web failed liveness probe, will be restarted")]
    [InlineData("Always", "Startup", "web=run", "kill web, start web", "Container web failed startup probe, will be restarted")]
    [InlineData("OnFailure", "Liveness", "web=run", "kill web, start web", "Container web failed liveness probe, will be restarted")]
    [InlineData("Never", "Liveness", "web=run db=run", "kill web", "Container web failed liveness probe")]
    [InlineData("Always", "Readiness", "web=run", "nothing", "")]
    [Theory]
    public void A_failed_probe_ends_a_container(string policy, string failed, string state, string plan, string message)
    {
        var probe = PodsOf.ProbeEvery(1);
        var names = state.Contains("db", StringComparison.Ordinal) ? "web db" : "web";
        var pod = PodOf(policy, "", names).With(s => s with
        {
            Containers = [.. s.Containers.Select(c => c with { LivenessProbe = probe, StartupProbe = probe, ReadinessProbe = probe })],
        });

        var actual = PodPlanner.Plan(new(pod, StateOf("ready", state), (id, kind) => id == "id-web" && kind.ToString() == failed ? false : null, _ => null, Now));

        Assert.Equal(plan, TextOf(actual));
        Assert.Equal(message, actual.Kills.Count > 0 ? actual.Kills[0].Message : "");
    }

    [Fact]
    public void A_container_killed_for_its_probe_counts_its_back_off_from_the_life_before()
    {
        var pod = PodOf("Always", "", "web").With(s => s with { Containers = [s.Containers[0] with { LivenessProbe = PodsOf.ProbeEvery(1) }] });
        var state = StateOf("ready", "web=run");
        var before = state.Containers[0] with { Id = "before", State = InstanceState.Exited, FinishedAt = Now.AddSeconds(-15), CreatedAt = Now.AddSeconds(-20) };
        state = state with { Containers = [state.Containers[0], before] };

        var plan = PodPlanner.Plan(new(pod, state, (_, kind) => kind == ProbeKind.Liveness ? false : null, _ => new(TimeSpan.FromSeconds(20), Now.AddSeconds(-20)), Now));

        Assert.Equal("kill web, wait web 20s", TextOf(plan));
    }

    [InlineData(42, "start web")]
    [InlineData(1, "end")]
    [Theory]
    public void A_container_may_restart_by_its_exit_code(int exitCode, string plan)
    {
        var rule = new ContainerRestartRule { Action = "Restart", ExitCodes = new() { Operator = "In", Values = [42] } };
        var pod = PodOf("Never", "", "web").With(s => s with { Containers = [s.Containers[0] with { RestartPolicy = "Never", RestartPolicyRules = [rule] }] });

        Assert.Equal(plan, TextOf(PodPlanner.Plan(new(pod, StateOf("ready", $"web=exit{exitCode}"), (_, _) => null, _ => null, Now))));
    }

    /// <summary><c>name+</c> is a sidecar, <c>name+?</c> one with a startup probe.</summary>
    private static Pod PodOf(string policy, string init, string regular) => PodsOf.One("p").With(s => s with
    {
        RestartPolicy = policy,
        InitContainers = [.. Words(init).Select(n => PodsOf.Named(n.TrimEnd('?', '+')) with
        {
            RestartPolicy = n.Contains('+') ? "Always" : null,
            StartupProbe = n.Contains('?') ? PodsOf.ProbeEvery(1) : null,
        })],
        Containers = [.. Words(regular).Select(n => PodsOf.Named(n))],
    });

    /// <summary>
    /// <c>name=run|created|unknown|exitN</c>, then <c>!</c> if made from another image, <c>*N</c> its restarts, <c>~N</c> seconds since its
    /// end (an hour else), <c>@old</c> if in an older sandbox.
    /// </summary>
    private static PodRuntimeState StateOf(string sandbox, string state)
    {
        SandboxInstance[] sandboxes = sandbox == "none" ? [] : [new("s1", sandbox != "dead", 0, Now.AddHours(-2), sandbox == "host", sandbox == "noip" ? [] : ["10.0.0.1"])];
        return new(sandboxes, [.. Words(state).Select(LifeOf)]);
    }

    private static ContainerInstance LifeOf(string text)
    {
        var name = text.Split('=')[0];
        var what = text.Split('=')[1];
        var end = Now.AddSeconds(-Number(what, '~', 3600));
        var hasEnded = what.StartsWith("exit", StringComparison.Ordinal);
        return new()
        {
            Id = $"id-{name}",
            Name = name,
            SandboxId = what.Contains("@old", StringComparison.Ordinal) ? "s0" : "s1",
            State = what[0] switch { 'r' => InstanceState.Running, 'c' => InstanceState.Created, 'u' => InstanceState.Unknown, _ => InstanceState.Exited },
            ExitCode = hasEnded ? Number(what, 't', 0) : 0,
            RestartCount = Number(what, '*', 0),
            CreatedAt = end.AddSeconds(-2),
            FinishedAt = hasEnded ? end : null,
            Hash = PodsOf.Hash(what.Contains('!') ? PodsOf.Named(name, "image:0") : PodsOf.Named(name)),
        };
    }

    private static int Number(string text, char after, int absent)
    {
        var at = text.IndexOf(after);
        return at < 0 ? absent : int.Parse(string.Concat(text.Skip(at + 1).TakeWhile(char.IsAsciiDigit)), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string TextOf(PodPlan plan)
    {
        if (plan is { KillsPod: true, CreatesSandbox: false })
            return "end";

        string[] parts =
        [
            .. plan.CreatesSandbox ? new[] { $"sandbox#{plan.SandboxAttempt}" } : [],
            .. plan.Kills.Select(k => $"kill {k.Instance.Name}"),
            .. plan.Starts.Select(s => $"start {s.Container.Name}"),
            .. plan.Waits.Select(w => $"wait {w.Start.Container.Name} {RestartBackOff.Text(w.Delay)}"),
        ];
        return parts.Length == 0 ? "nothing" : string.Join(", ", parts);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
