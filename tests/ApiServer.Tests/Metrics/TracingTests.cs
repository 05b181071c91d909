using System.Diagnostics;
using System.Text;
using KubeSharp.ApiServer.Tracing;

namespace KubeSharp.ApiServer.Tests.Metrics;

[Collection(nameof(MetricsTests))]
public sealed class TracingTests
{
    private const string Maps = "/api/v1/namespaces/demo/configmaps";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task The_spans_of_a_traced_clients_request_reach_the_collector_under_its_trace()
    {
        await using var collector = await Collector.StartAsync(TestServer.Ct);
        await using var server = await WholeServer.StartAsync();
        using (new TraceExport(new() { Endpoint = collector.Endpoint }, "apiserver", "v1"))
        {
            await PostAsync(server, "traced", $"00-{Trace}-b7ad6b7169203331-01");
            await PostAsync(server, "untraced", null);
        }

        var sent = collector.Got.SelectMany(b => b).ToArray().AsSpan();
        Assert.True(sent.IndexOf(Convert.FromHexString(Trace)) >= 0);
        foreach (var name in new[] { "create configmaps", "admission: mutate", "admission: validate", "storage create" })
            Assert.True(sent.IndexOf(Encoding.UTF8.GetBytes(name)) >= 0, $"there is no span \"{name}\"");
        Assert.Equal(1, Count(sent, "create configmaps"u8)); // the rate is 0: whoever is not traced already is not traced
    }

    [Fact]
    public async Task Without_a_collector_there_are_no_spans_and_with_one_they_are_children_of_the_request()
    {
        await using var server = await WholeServer.StartAsync();
        var spans = new List<Activity>();
        using (var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = s =>
            {
                lock (spans)
                    spans.Add(s);
            },
        })
        {
            ActivitySource.AddActivityListener(listener);
            await PostAsync(server, "listened", null);
        }

        var request = Assert.Single(spans, s => s.Kind == ActivityKind.Server);
        Assert.Equal(("create configmaps", 201), (request.DisplayName, (int?)request.GetTagItem("http.response.status_code")));
        Assert.All(spans, s => Assert.Equal(request.TraceId, s.TraceId));
        Assert.Contains(spans, s => s.DisplayName == "storage create" && (string?)s.GetTagItem("resource") == "configmaps");

        await PostAsync(server, "alone", null);
        Assert.Single(spans, s => s.Kind == ActivityKind.Server);
    }

    [Theory]
    [InlineData("localhost:4317", 0, 0)]
    [InlineData("10.0.0.1:4317", 1_000_000, 0)]
    [InlineData("http://x:1", 0, 1)]
    [InlineData("localhost:4317", 1_000_001, 1)]
    [InlineData("", -1, 2)]
    public void A_configuration_that_cannot_work_is_refused(string endpoint, int rate, int problems) =>
        Assert.Equal(problems, new TracingOptions { Endpoint = endpoint, SamplingRatePerMillion = rate }.Problems().Count());

    private static async Task PostAsync(WholeServer server, string name, string? parent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps) { Content = new StringContent($$$"""{"metadata":{"name":"{{{name}}}"}}""", Encoding.UTF8, "application/json") };
        if (parent is not null)
            request.Headers.TryAddWithoutValidation("traceparent", parent);
        using var answer = await server.Client.SendAsync(request, TestServer.Ct);
        Assert.Equal(201, (int)answer.StatusCode);
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        var count = 0;
        for (var at = text.IndexOf(word); at >= 0; at = text.IndexOf(word))
        {
            count++;
            text = text[(at + word.Length)..];
        }

        return count;
    }
}
