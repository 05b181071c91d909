using System.Collections.Concurrent;
using KubeSharp.Client.Election;
using KubeSharp.Client.Http;
using KubeSharp.Objects.CoordinationV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class LeaderElectionTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Of a disk that hardly goes.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _clock = new();
    private readonly LeaseServer _lease = new();
    private readonly ConcurrentQueue<string> _leaders = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_takes_over_only_when_the_lease_has_run_out_and_the_loser_has_stopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var isCut = false;
        var (a, b) = (new Candidate(this, "a", () => isCut), new Candidate(this, "b", () => false));
        a.Run(stop.Token);
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);
        b.Run(stop.Token);
        await Eventually.UntilAsync(() => b.Clock.IsAsleep, Token);
        for (var i = 0; i < 20; i++)
            await PassAsync(a, b);
        Assert.Equal(["+a"], _leaders);

        isCut = true;
        for (var i = 0; i < 4; i++)
            await PassAsync(a, b);
        Assert.Equal(["+a"], _leaders); // 8 s without a renewal: it may still succeed
        await PassAsync(a, b);
        Assert.Equal(["+a", "-a"], _leaders); // 10 s, and its deadline is 9
        await PassAsync(a, b);
        await PassAsync(a, b);
        Assert.Equal(["+a", "-a"], _leaders); // 14 s: the lease holds 15
        await PassAsync(a, b);
        if (_leaders.Count == 2)
            await PassAsync(a, b); // in the last round before the cut it may have looked before a renewed
        Assert.Equal(["+a", "-a", "+b"], _leaders);

        Assert.Equal(1, _lease.Current?.Spec.LeaseTransitions);
        await stop.CancelAsync();
        await Task.WhenAll(a.Ended, b.Ended);
    }

    [Fact]
    public async Task A_leader_that_was_held_for_longer_than_its_lease_does_nothing_in_its_name_when_it_goes_on()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (a, b) = (new Candidate(this, "a", () => false), new Candidate(this, "b", () => false));
        a.Run(stop.Token);
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);
        b.Run(stop.Token);
        await Eventually.UntilAsync(() => b.Clock.IsAsleep, Token);

        a.Clock.Hold();
        for (var i = 0; i < 15; i++)
            await PassAsync(b);
        Assert.Equal(["+a", "+b"], _leaders); // a does not run, so it cannot say that it leads no more
        var written = _lease.Writes("a");

        a.Clock.Release();
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);
        Assert.Equal(["+a", "+b", "-a"], _leaders);
        Assert.Equal(written, _lease.Writes("a"));
        Assert.Equal("b", _lease.Current?.Spec.HolderIdentity);

        await stop.CancelAsync();
        await Task.WhenAll(a.Ended, b.Ended);
    }

    [Fact]
    public async Task The_wall_clocks_of_candidates_decide_nothing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (a, b) = (new Candidate(this, "a", () => false), new Candidate(this, "b", () => false));
        a.Clock.Ahead = TimeSpan.FromDays(-3652);
        a.Run(stop.Token);
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);
        b.Run(stop.Token);
        await Eventually.UntilAsync(() => b.Clock.IsAsleep, Token);
        foreach (var days in (int[])[-3652, 0, 3652])
        {
            (a.Clock.Ahead, b.Clock.Ahead) = (TimeSpan.FromDays(days), TimeSpan.FromDays(-days));
            for (var i = 0; i < 20; i++)
                await PassAsync(a, b);
        }

        Assert.Equal(["+a"], _leaders);
        await stop.CancelAsync();
        await Task.WhenAll(a.Ended, b.Ended);
    }

    [Fact]
    public async Task A_leader_that_stops_gives_the_lease_back()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var a = new Candidate(this, "a", () => false);
        a.Run(stop.Token);
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);

        await stop.CancelAsync();
        await a.Ended;

        Assert.Equal("", _lease.Current?.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_server_that_needs_long_for_every_answer_costs_no_leader_its_lease()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (a, b) = (new Candidate(this, "a", () => false, isSlow: true), new Candidate(this, "b", () => false, isSlow: true));
        a.Run(stop.Token);
        await Eventually.UntilAsync(() => a.Clock.IsAsleep, Token);
        for (var i = 0; i < 20; i++)
            await PassAsync(Answer, a);
        Assert.Equal(["+a"], _leaders);
        b.Run(stop.Token);
        await Eventually.UntilAsync(() => b.Clock.IsAsleep, Token);
        for (var i = 0; i < 200; i++)
            await PassAsync(Answer, a, b);

        Assert.Equal(["+a"], _leaders);
        await stop.CancelAsync();
        await _clock.RunAsync(Task.WhenAll(a.Ended, b.Ended), Answer, Token); // the leader gives its lease back, which takes an answer
    }

    private Task PassAsync(params Candidate[] candidates) => PassAsync(Period, candidates);

    /// <summary>Time passes, and these have done what it brings: the clock never runs ahead of who lives by it.</summary>
    private async Task PassAsync(TimeSpan time, params Candidate[] candidates)
    {
        _clock.Advance(time);
        await Eventually.UntilAsync(() => candidates.All(c => c.Clock.IsAsleep), Token);
    }

    private async Task LeadAsync(string name, CancellationToken ct)
    {
        _leaders.Enqueue("+" + name);
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
        }
        finally
        {
            _leaders.Enqueue("-" + name);
        }
    }

    private sealed class Candidate
    {
        private readonly LeaderElectionTests _test;
        private readonly string _identity;
        private readonly LeaderElection _election;

        public Candidate(LeaderElectionTests test, string identity, Func<bool> isCut, bool isSlow = false)
        {
            (_test, _identity, Clock) = (test, identity, new(test._clock, Period, Answer));
            HttpMessageHandler server = new ScriptedServer(r => isCut() ? throw new HttpRequestException("cut off") : test._lease.Answer(r));
            var client = new ApiClient(new HttpMessageInvoker(isSlow ? new SlowLine(server, Clock) : server), new("https://server"), "tests", Clock, new NoChance());
            // A deadline unlike any other time here: what is left of it must not look like a sleep.
            var options = new LeaderElectionOptions(new("kube-system", "x"), identity) { RenewDeadline = TimeSpan.FromSeconds(9) };
            _election = new(client, options, Clock, new NoChance(), NullLogger<LeaderElection>.Instance);
        }

        public PacedClock Clock { get; }

        /// <summary>Ends well when it was cancelled.</summary>
        public Task Ended { get; private set; } = Task.CompletedTask;

        public void Run(CancellationToken ct) => Ended = RunAsync(ct);

        private async Task RunAsync(CancellationToken ct) =>
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _election.RunAsync(leading => _test.LeadAsync(_identity, leading), ct));
    }

    /// <summary>Every answer takes its time.</summary>
    private sealed class SlowLine(HttpMessageHandler server, TimeProvider clock) : DelegatingHandler(server)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Answer, clock, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Waits are as short as they may be: two candidates in step are the hardest case.</summary>
    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }

    /// <summary>One Lease with optimistic locking.</summary>
    private sealed class LeaseServer
    {
        private readonly Lock _gate = new();
        private int _version;

        private readonly List<string> _writers = [];

        public Lease? Current { get; private set; }

        public int Writes(string identity)
        {
            lock (_gate)
                return _writers.Count(w => w == identity);
        }

        public HttpResponseMessage Answer(SentRequest request)
        {
            lock (_gate)
            {
                if (request.Method == "GET")
                {
                    return Current is null ? ScriptedServer.Refuse(ApiException.NotFound("coordination.k8s.io", "leases", "x")) : ScriptedServer.Json(Json.TextOf(Current));
                }

                var given = Json.Decode<Lease>(System.Text.Encoding.UTF8.GetBytes(request.Body));
                if (given.Metadata.ResourceVersion != (Current?.Metadata.ResourceVersion ?? ""))
                    return ScriptedServer.Refuse(ApiException.Modified("coordination.k8s.io", "leases", "x"));

                _writers.Add(given.Spec.HolderIdentity ?? "");
                Current = given.With(given.Metadata with { ResourceVersion = $"{++_version}" });
                return ScriptedServer.Json(Json.TextOf(Current));
            }
        }
    }
}
