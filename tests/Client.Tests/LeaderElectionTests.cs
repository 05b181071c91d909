using KubeSharp.Client.Election;
using KubeSharp.Client.Http;
using KubeSharp.Objects.CoordinationV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class LeaderElectionTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();
    private readonly LeaseServer _lease = new();
    private readonly List<string> _leaders = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_takes_over_only_when_the_lease_has_run_out_and_the_loser_has_stopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var isCut = false;
        var a = Candidate("a", () => isCut).RunAsync(ct => LeadAsync("a", ct), stop.Token);
        await _clock.RunUntilAsync(() => _leaders.Contains("+a"), Step, Token);
        var b = Candidate("b", () => false).RunAsync(ct => LeadAsync("b", ct), stop.Token);
        await _clock.RunUntilAsync(() => _lease.Reads > 40, Step, Token);
        Assert.Equal(["+a"], _leaders);

        isCut = true;
        await _clock.RunUntilAsync(() => _leaders.Contains("+b"), Step, Token);

        Assert.Equal(["+a", "-a", "+b"], _leaders);
        Assert.Equal(1, _lease.Current?.Spec.LeaseTransitions);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(a, b));
    }

    [Fact]
    public async Task A_leader_that_stops_gives_the_lease_back()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Candidate("a", () => false).RunAsync(ct => LeadAsync("a", ct), stop.Token);
        await _clock.RunUntilAsync(() => _leaders.Contains("+a"), Step, Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal("", _lease.Current?.Spec.HolderIdentity);
    }

    private async Task LeadAsync(string name, CancellationToken ct)
    {
        _leaders.Add("+" + name);
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
        }
        finally
        {
            _leaders.Add("-" + name);
        }
    }

    private LeaderElection Candidate(string identity, Func<bool> isCut)
    {
        var server = new ScriptedServer(r => isCut() ? throw new HttpRequestException("cut off") : _lease.Answer(r));
        var client = new ApiClient(new HttpMessageInvoker(server), new("https://server"), "tests", _clock, new Random(1));
        return new(client, new(new("kube-system", "x"), identity), _clock, new Random(1), NullLogger<LeaderElection>.Instance);
    }

    /// <summary>One Lease with optimistic locking.</summary>
    private sealed class LeaseServer
    {
        private readonly Lock _gate = new();
        private int _version;

        public Lease? Current { get; private set; }

        public int Reads { get; private set; }

        public HttpResponseMessage Answer(SentRequest request)
        {
            lock (_gate)
            {
                if (request.Method == "GET")
                {
                    Reads++;
                    return Current is null ? ScriptedServer.Refuse(ApiException.NotFound("coordination.k8s.io", "leases", "x")) : ScriptedServer.Json(Json.TextOf(Current));
                }

                var given = Json.Decode<Lease>(System.Text.Encoding.UTF8.GetBytes(request.Body));
                if (given.Metadata.ResourceVersion != (Current?.Metadata.ResourceVersion ?? ""))
                    return ScriptedServer.Refuse(ApiException.Modified("coordination.k8s.io", "leases", "x"));

                Current = given.With(given.Metadata with { ResourceVersion = $"{++_version}" });
                return ScriptedServer.Json(Json.TextOf(Current));
            }
        }
    }
}
