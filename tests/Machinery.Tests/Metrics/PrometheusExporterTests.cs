using System.Diagnostics.Metrics;
using System.Text;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.Machinery.Tests.Metrics;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly Meter _meter = new("Test." + Guid.NewGuid());
    private readonly PrometheusExporter _exporter;

    public PrometheusExporterTests() => _exporter = new(name => name == _meter.Name);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(0.005, "0.005")]
    [InlineData(5e-07, "5e-07")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(100000, "100000")]
    [InlineData(1e6, "1e+06")]
    [InlineData(131072, "131072")]
    [InlineData(3050000, "3.05e+06")]
    [InlineData(-2.5e9, "-2.5e+09")]
    [InlineData(1764122460.5, "1764122460.5")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_written_as_Go_writes_them_or_mean_the_same(double value, string text)
    {
        var page = new PrometheusText();
        page.Single("x", "gauge", "h", value);
        Assert.EndsWith($"x {text}\n", Encoding.UTF8.GetString(page.ToBytes()));
    }

    [Fact]
    public void A_family_shows_its_series_in_order_and_its_buckets_add_up()
    {
        var histogram = _meter.Histogram("t_seconds", "[STABLE] Help.", [0.1, 1, 10]);
        histogram.Record(0.1, new KeyValuePair<string, object?>("verb", "LIST"));
        histogram.Record(5, new KeyValuePair<string, object?>("verb", "LIST"));
        histogram.Record(50, new KeyValuePair<string, object?>("verb", "LIST"));
        _meter.Counter("t_total", "C").Add(2, new("z", "say \"a\\b\"\n"), new KeyValuePair<string, object?>("a", "1"));
        Assert.Equal(
            """
            # HELP t_seconds [STABLE] Help.
            # TYPE t_seconds histogram
            t_seconds_bucket{verb="LIST",le="0.1"} 1
            t_seconds_bucket{verb="LIST",le="1"} 1
            t_seconds_bucket{verb="LIST",le="10"} 2
            t_seconds_bucket{verb="LIST",le="+Inf"} 3
            t_seconds_sum{verb="LIST"} 55.1
            t_seconds_count{verb="LIST"} 3
            # HELP t_total C
            # TYPE t_total counter
            t_total{a="1",z="say \"a\\b\"\n"} 2

            """,
            Page());
    }

    [Fact]
    public void A_name_without_labels_is_zero_from_the_start_and_one_with_labels_is_not_there()
    {
        _meter.PlainCounter("plain_total", "P");
        _meter.Counter("labelled_total", "L");
        Assert.Equal("# HELP plain_total P\n# TYPE plain_total counter\nplain_total 0\n", Page());
    }

    [Fact]
    public void OpenMetrics_keeps_the_names_of_counters_that_do_not_end_in_total()
    {
        _meter.PlainCounter("good_total", "G").Add(3);
        _meter.PlainCounter("rejection_count", "R").Add(1);
        _meter.PlainHistogram("h", "H", [1, 2.5]).Record(2);
        var page = new PrometheusText(isOpenMetrics: true);
        _exporter.Write(page);
        Assert.Equal(
            """
            # HELP good G
            # TYPE good counter
            good_total 3
            # HELP h H
            # TYPE h histogram
            h_bucket{le="1.0"} 0
            h_bucket{le="2.5"} 1
            h_bucket{le="+Inf"} 1
            h_sum 2
            h_count 1
            # HELP rejection_count R
            # TYPE rejection_count unknown
            rejection_count 1
            # EOF

            """,
            Encoding.UTF8.GetString(page.ToBytes()));
    }

    [Fact]
    public void A_measurement_with_known_labels_allocates_nothing()
    {
        var counter = _meter.Counter("c_total", "C");
        var histogram = _meter.Histogram("h_seconds", "H", Buckets.Requests);
        var kept = Instruments.Labels(("group", "apps"), ("resource", "deployments"), ("verb", "LIST"));
        void Measure()
        {
            counter.Add(1, kept);
            counter.Add(1, new("group", ""), new KeyValuePair<string, object?>("verb", "GET"));
            histogram.Record(0.3, kept);
        }

        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Measure();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Nothing_is_lost_when_many_threads_measure()
    {
        var histogram = _meter.Histogram("many", "M", [0.5]);
        Parallel.For(0, 20_000, i => histogram.Record(i % 2, new KeyValuePair<string, object?>("k", (i % 7).ToString(System.Globalization.CultureInfo.InvariantCulture))));
        var counts = Page().Split('\n').Where(l => l.StartsWith("many_count", StringComparison.Ordinal)).Sum(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(20_000, counts);
    }

    private string Page()
    {
        var page = new PrometheusText();
        _exporter.Write(page);
        return Encoding.UTF8.GetString(page.ToBytes());
    }
}
