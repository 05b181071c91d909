using System.Net;
using KubeSharp.Client.Caching;
using KubeSharp.Client.Http;
using KubeSharp.Client.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static KubeSharp.Client.Watching.WatcherInput;

namespace KubeSharp.Client.Tests;

public sealed class WatcherTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_watch_that_ends_resumes_where_it_was_and_an_expired_one_lists_again()
    {
        var watching = WatcherState.Start.Step(Listed, "5").Step(Advanced, "8");

        Assert.Equal(new("8", 0, false), watching);
        Assert.Equal(watching, watching.Step(Ended));
        Assert.Equal(new(null, 1, false), watching.Step(Expired));
    }

    [Fact]
    public void Failures_back_off_until_something_is_delivered()
    {
        var failing = WatcherState.Start.Step(Failed).Step(Failed);

        Assert.Equal(new(null, 2, true), failing);
        Assert.Equal(new("5", 2, false), failing.Step(Listed, "5"));
        Assert.Equal(new("6", 0, false), failing.Step(Listed, "5").Step(Advanced, "6"));
    }

    [Fact]
    public void A_server_that_ends_every_watch_at_once_or_forgets_at_once_is_not_hammered()
    {
        var listed = WatcherState.Start.Step(Listed, "5");

        Assert.True(listed.Step(EndedAtOnce).Pauses);
        Assert.True(listed.Step(Expired).Step(Listed, "6").Step(Expired).Pauses);
    }

    [Fact]
    public async Task An_informer_lives_through_the_servers_troubles()
    {
        var troubles = new Queue<Func<HttpResponseMessage>>(
        [
            () => throw new HttpRequestException("connection refused"),
            () => ScriptedServer.Refuse(ApiException.Internal("starting")),
            () => List("10", ("a", "1"), ("b", "2")),
            () => Watch("""{"type":"ADDED","object":{"metadata":{"name":"c","resourceVersion":"11"}}}"""),
            () => Watch("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"20"}}}"""),
            () => ScriptedServer.Refuse(ApiException.Expired("too old")),
            () => List("30", ("b", "2"), ("c", "25")),
        ]);
        var server = new ScriptedServer(_ => troubles.TryDequeue(out var next) ? next() : ScriptedServer.Stream(new EndlessStream()));
        var client = new ApiClient(new HttpMessageInvoker(server), new("https://server"), "tests", _clock, new Random(1));
        var informers = new Informers(client, _clock, new Random(1), NullLoggerFactory.Instance);
        var seen = new List<string>();
        informers.For<Pod>().Subscribe((old, now) => seen.Add($"{old?.Metadata.Name}->{now?.Metadata.Name}"));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = informers.RunAsync(stop.Token);
        await _clock.RunUntilAsync(() => server.Requests.Count == 8, TimeSpan.FromMilliseconds(100), Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(["->a", "->b", "->c", "a->", "c->c"], seen);
        Assert.Equal(["b", "c"], informers.For<Pod>().List().Select(p => p.Metadata.Name).Order());
        Assert.Equal(
            ["list", "list", "list", "watch 10", "watch 11", "watch 20", "list", "watch 30"],
            server.Requests.Select(r => Step(r.Path)));
    }

    private static string Step(string path)
    {
        var query = System.Web.HttpUtility.ParseQueryString(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        return query["watch"] is null ? "list" : $"watch {query["resourceVersion"]}";
    }

    private static HttpResponseMessage List(string version, params (string Name, string Version)[] pods) => ScriptedServer.Json(
        $$"""{"metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', pods.Select(p => Item(p.Name, p.Version)))}}]}""");

    private static string Item(string name, string version) => $$$"""{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}"}}""";

    private static HttpResponseMessage Watch(string line) => ScriptedServer.Json(line + "\n", HttpStatusCode.OK);

    /// <summary>An idle watch.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
