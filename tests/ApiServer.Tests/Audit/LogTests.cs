using System.IO.Compression;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Audit.Backends;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>Events in real files.</summary>
public sealed class LogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit").FullName;
    private readonly FakeTimeProvider _clock = new(Events.Time);

    private string Path => System.IO.Path.Combine(_folder, "sub", "audit.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_event_is_a_line_that_only_the_owner_reads()
    {
        Assert.True(await Open(new()).TakeAsync([Events.Of("1"), Events.Of("2")], TestServer.Ct));
        Assert.True(await Open(new()).TakeAsync([Events.Of("3")], TestServer.Ct)); // a restart goes on where it was

        var lines = await File.ReadAllLinesAsync(Path, TestServer.Ct);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, l => Assert.StartsWith("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Request\",\"auditID\":\"", l, StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public async Task The_older_format_quotes_what_clients_send()
    {
        await Open(new() { Format = "legacy" }).TakeAsync([Events.Of("1")], TestServer.Ct);

        Assert.Equal(
            "2026-01-02T03:04:05.678Z AUDIT: id=\"1\" stage=\"ResponseComplete\" ip=\"::1\" method=\"list\" user=\"jane\\n\" groups=\"\\\"a\\\",\\\"b\\\"\" as=\"<self>\" asgroups=\"<lookup>\""
            + " user-agent=\"kubectl/v1\" namespace=\"<none>\" uri=\"/api/v1/nodes?a=\\\"b\\\"\" response=\"200\"\n",
            await File.ReadAllTextAsync(Path, TestServer.Ct));
    }

    [Fact]
    public async Task A_full_file_is_put_aside_and_old_ones_are_zipped_and_go()
    {
        var options = new AuditLogOptions { Path = Path, MaxMegabytes = 1, MaxBackups = 2, MaxAgeDays = 10, Compresses = true };
        var file = new LogFile(options, _clock, NullLogger.Instance);
        var log = new LogBackend(file, "json", NullLogger<LogBackend>.Instance);
        for (var i = 0; i < 4; i++)
        {
            await log.TakeAsync([Events.Of($"{i}", 700_000)], TestServer.Ct);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(["audit-2026-01-03T03-04-05.678.log", "audit-2026-01-04T03-04-05.678.log", "audit-2026-01-05T03-04-05.678.log", "audit.log"], Names());
        file.Tidy();
        Assert.Equal(["audit-2026-01-04T03-04-05.678.log.gz", "audit-2026-01-05T03-04-05.678.log.gz", "audit.log"], Names());
        using (var zip = new StreamReader(new GZipStream(File.OpenRead(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "*01-05*")[0]), CompressionMode.Decompress)))
            Assert.Contains("\"auditID\":\"2\"", await zip.ReadToEndAsync(TestServer.Ct), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(10));
        file.Tidy();
        Assert.Equal(["audit.log"], Names());
    }

    [Fact]
    public async Task A_file_that_was_cut_short_by_another_has_no_hole()
    {
        var log = Open(new());
        await log.TakeAsync([Events.Of("1")], TestServer.Ct);
        await using (var other = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            other.SetLength(0);
        await log.TakeAsync([Events.Of("2")], TestServer.Ct);

        Assert.Contains("\"auditID\":\"2\"", Assert.Single(await File.ReadAllLinesAsync(Path, TestServer.Ct)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_fails_the_event_and_only_a_strict_mode_minds()
    {
        var full = new LogBackend(new FullDisk(), "json", NullLogger<LogBackend>.Instance);

        Assert.False(await full.TakeAsync([Events.Of("1")], TestServer.Ct));
        Assert.True(await new TolerantBackend(full).TakeAsync([Events.Of("1")], TestServer.Ct));
    }

    private LogBackend Open(AuditLogOptions options) =>
        new(new LogFile(options with { Path = Path }, _clock, NullLogger.Instance), options.Format, NullLogger<LogBackend>.Instance);

    private List<string> Names() => [.. Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private sealed class FullDisk : ILogOutput
    {
        public string Name => "full";

        public void Write(ReadOnlySpan<byte> line) => throw new IOException("No space left on device");

        public Task RunAsync(CancellationToken ct) => Task.CompletedTask;
    }
}
