using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace KubeSharp.ApiServer.Tests.Metrics;

/// <summary>Counts and spans are the process's: tests of them run when no other does.</summary>
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    private const string Maps = "/api/v1/namespaces/demo/configmaps";
    private const string Body = """{"metadata":{"name":"measured"},"data":{"k":"v"}}""";

    [Fact]
    public async Task Requests_are_counted_by_upstreams_verbs_scopes_and_dry_runs()
    {
        await using var server = await WholeServer.StartAsync();
        var before = await ReadAsync(server);
        await server.SendAsync("POST", Maps, Body);
        await server.SendAsync("POST", Maps + "?dryRun=All", Body.Replace("measured", "dry", StringComparison.Ordinal));
        await server.SendAsync("GET", Maps + "/measured");
        await server.SendAsync("GET", Maps);
        await server.SendAsync("GET", "/api/v1/configmaps?limit=1");
        await server.ApplyAsync(Maps + "/measured", "me", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"measured"},"data":{"a":"b"}}""");
        await server.SendAsync("PATCH", Maps + "/measured", "{}", "application/merge-patch+json");
        await server.SendAsync("DELETE", Maps + "/measured");
        await server.SendAsync("GET", Maps + "/measured");
        await server.SendAsync("GET", "/apis/made.up/v1/things");
        var after = await ReadAsync(server);

        string Total(string verb, string scope, int code, string dryRun = "") =>
            $"apiserver_request_total{{code=\"{code}\",component=\"apiserver\",dry_run=\"{dryRun}\",group=\"\",resource=\"configmaps\",scope=\"{scope}\",subresource=\"\",verb=\"{verb}\",version=\"v1\"}}";
        foreach (var series in new[]
        {
            Total("POST", "resource", 201), Total("POST", "resource", 201, "All"), Total("GET", "resource", 200), Total("LIST", "namespace", 200), Total("LIST", "cluster", 200),
            Total("APPLY", "resource", 200), Total("PATCH", "resource", 200), Total("DELETE", "resource", 200), Total("GET", "resource", 404),
        })
        {
            Assert.Equal(1, after[series] - (before.Has(series) ? before[series] : 0));
        }

        const string Base = "{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"}";
        Assert.True(after["apiserver_response_sizes_sum" + Base] > 100);
        Assert.True(after["apiserver_request_sli_duration_seconds_count" + Base] >= 1);
        Assert.True(after["apiserver_request_body_size_bytes_count{group=\"\",resource=\"configmaps\",verb=\"create\"}"] >= 2);
        Assert.True(after["apiserver_admission_step_admission_duration_seconds_count{operation=\"CREATE\",rejected=\"false\",type=\"validate\"}"] >= 2);
        Assert.True(after["apiserver_admission_controller_admission_duration_seconds_count{name=\"NamespaceLifecycle\",operation=\"CREATE\",rejected=\"false\",type=\"admit\"}"] >= 2);
        Assert.True(after["etcd_request_duration_seconds_count{group=\"\",operation=\"create\",resource=\"configmaps\"}"] >= 1);
        Assert.True(after["apiserver_cache_list_total{group=\"\",index=\"\",resource=\"configmaps\"}"] >= 2);
        Assert.Equal(1, after["apiserver_current_inflight_requests{request_kind=\"readOnly\"}"]); // this very request
        Assert.DoesNotContain("made.up", after.Families);
    }

    [Fact]
    public async Task A_refusal_of_admission_and_an_open_watch_are_seen()
    {
        await using var server = await WholeServer.StartAsync();
        await server.SendAsync("POST", "/api/v1/namespaces/missing/configmaps", Body);
        using var request = new HttpRequestMessage(HttpMethod.Get, Maps + "?watch=true");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestServer.Ct);
        using (var watch = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token))
        {
            await server.SendAsync("POST", Maps, Body);
            using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync(stop.Token));
            Assert.Contains("measured", await lines.ReadLineAsync(stop.Token));

            var page = await ReadAsync(server);
            Assert.True(page["apiserver_longrunning_requests{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"WATCH\",version=\"v1\"}"] >= 1);
            Assert.True(page["apiserver_watch_events_total{group=\"\",resource=\"configmaps\",version=\"v1\"}"] >= 1);
            Assert.True(page["apiserver_admission_controller_admission_duration_seconds_count{name=\"NamespaceLifecycle\",operation=\"CREATE\",rejected=\"true\",type=\"admit\"}"] >= 1);
            Assert.True(page["apiserver_watch_cache_events_dispatched_total{group=\"\",resource=\"configmaps\"}"] >= 1);
        }

        await stop.CancelAsync();
    }

    [Fact]
    public async Task What_the_server_holds_is_told_when_it_is_asked_for()
    {
        await using var server = await WholeServer.StartAsync();
        await server.SendAsync("POST", Maps, Body);
        var page = await ReadAsync(server);
        Assert.Equal(1, page["apiserver_resource_objects{group=\"\",resource=\"configmaps\"}"]);
        Assert.Equal(1, page["apiserver_storage_objects{resource=\"configmaps\"}"]);
        Assert.InRange(page["apiserver_resource_size_estimate_bytes{group=\"\",resource=\"configmaps\"}"], 200, 1000);
        Assert.Equal("gauge", page.TypeOf("kubernetes_build_info"));
        Assert.Equal(0, page["apiserver_audit_event_total"]);
        Assert.True(page["process_resident_memory_bytes"] > 1e6);
    }

    [Fact]
    public async Task Health_checks_have_a_page_of_their_own()
    {
        await using var server = await WholeServer.StartAsync();
        using var ready = await server.Client.GetAsync(new Uri("/readyz", UriKind.Relative), TestServer.Ct);
        var page = new Exposition(await server.Client.GetStringAsync(new Uri("/metrics/slis", UriKind.Relative), TestServer.Ct));
        Assert.Equal(1, page["kubernetes_healthcheck{name=\"ping\",type=\"readyz\"}"]);
        Assert.Equal(["kubernetes_healthcheck", "kubernetes_healthchecks_total"], page.Families);
    }

    [Fact]
    public async Task The_page_is_compressed_and_speaks_OpenMetrics_for_who_asks()
    {
        await using var server = await WholeServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var answer = await server.Client.SendAsync(request, TestServer.Ct);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        await using var plain = new GZipStream(await answer.Content.ReadAsStreamAsync(TestServer.Ct), CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        Assert.EndsWith("# EOF\n", await reader.ReadToEndAsync(TestServer.Ct));
    }

    /// <summary>Its linter dislikes some of upstream's names; what it must not find is a page it cannot read.</summary>
    [Fact]
    public async Task Prometheus_own_tool_can_read_the_page()
    {
        var tool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "promtool (Debian's package prometheus) is not on this machine");

        await using var server = await WholeServer.StartAsync();
        await server.SendAsync("POST", Maps, Body);
        var page = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestServer.Ct);
        using var process = Process.Start(new ProcessStartInfo(tool!, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(page);
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync(TestServer.Ct);
        await process.WaitForExitAsync(TestServer.Ct);
        Assert.True(process.ExitCode is 0 or 3, said); // 3: the linter's taste
        Assert.DoesNotContain("error while linting", said);
    }

    private static async Task<Exposition> ReadAsync(WholeServer server) =>
        new(Encoding.UTF8.GetString(await server.Client.GetByteArrayAsync(new Uri("/metrics", UriKind.Relative), TestServer.Ct)));
}
