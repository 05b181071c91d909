using KubeSharp.Kubelet.Volumes;
using KubeSharp.Objects.CoreV1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Volumes;

public sealed class ReferencedObjectsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SmallApi _api;

    public ReferencedObjectsTests() => _api = new(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_wakes_the_pods_that_refer_to_the_object_and_is_what_they_then_read()
    {
        _api.Put(Map("old"));
        await using var objects = new ReferencedObjects(_api, _clock, NullLogger<ReferencedObjects>.Instance);
        var woken = new TaskCompletionSource<string>();
        objects.Changed += uid => woken.TrySetResult(uid);

        Assert.Equal("old", (await objects.FindConfigMapAsync(Pod("u1"), "m", Ct))?.Data["k"]);
        await UntilAsync(() => _api.Watches == 1);
        _api.Put(Map("new"));

        Assert.Equal("u1", await woken.Task.WaitAsync(Ct));
        var gets = _api.Gets;
        Assert.Equal("new", (await objects.FindConfigMapAsync(Pod("u1"), "m", Ct))?.Data["k"]);
        Assert.Equal(gets, _api.Gets);
    }

    [Fact]
    public async Task A_pod_that_asks_for_the_first_time_gets_the_servers_own_answer()
    {
        _api.Put(Map("1"));
        await using var objects = new ReferencedObjects(_api, _clock, NullLogger<ReferencedObjects>.Instance);
        await objects.FindConfigMapAsync(Pod("u1"), "m", Ct);
        await UntilAsync(() => _api.Watches == 1);
        var gets = _api.Gets;

        await objects.FindConfigMapAsync(Pod("u2"), "m", Ct);

        Assert.Equal(gets + 1, _api.Gets);
    }

    [Fact]
    public async Task A_token_is_renewed_after_four_fifths_of_its_life_and_used_on_while_the_server_is_away()
    {
        var tokens = new PodTokens(_api, _clock, new Random(1));
        var first = await tokens.GetAsync(Pod("u1"), "", 600, Ct);
        Assert.Equal("ns/robot/p#1", first);

        _clock.Advance(TimeSpan.FromSeconds(460));
        Assert.Equal(first, await tokens.GetAsync(Pod("u1"), "", 600, Ct));
        _clock.Advance(TimeSpan.FromSeconds(30));
        _api.IsDown = true;
        Assert.Equal(first, await tokens.GetAsync(Pod("u1"), "", 600, Ct));
        _api.IsDown = false;
        Assert.NotEqual(first, await tokens.GetAsync(Pod("u1"), "", 600, Ct));
        _api.IsDown = true;
        _clock.Advance(TimeSpan.FromSeconds(601));
        await Assert.ThrowsAsync<HttpRequestException>(() => tokens.GetAsync(Pod("u1"), "", 600, Ct));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(Ct);
    }

    private static ConfigMap Map(string value) => new()
    {
        Metadata = new() { Name = "m", Namespace = "ns" },
        Data = new Dictionary<string, string> { ["k"] = value },
    };

    private static Pod Pod(string uid) => new()
    {
        Metadata = new() { Name = "p", Namespace = "ns", Uid = uid },
        Spec = new() { ServiceAccountName = "robot" },
    };
}
