using System.IO.Pipelines;
using System.Text;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Logs;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Linux.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Logs;

public sealed class ContainerLogsTests : IDisposable
{
    private const string Lines = """
        2026-01-01T00:00:01.5Z stdout F one
        2026-01-01T00:00:02.000000001Z stderr F two
        2026-01-01T00:00:03Z stdout P thr
        2026-01-01T00:00:03Z stdout F ee
        2026-01-01T00:00:04Z stdout F 

        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("logs").FullName;
    private readonly DirectoryWatch _watch = new();

    private string LogPath => Path.Combine(_directory, "0.log");

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task All_of_it_with_cut_lines_joined() => Assert.Equal("one\ntwo\nthree\n\n", await ReadAsync(new()));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "\n")]
    [InlineData(2, "ee\n\n")]
    [InlineData(4, "two\nthree\n\n")]
    [InlineData(99, "one\ntwo\nthree\n\n")]
    public async Task The_last_lines_as_the_runtime_wrote_them(long tail, string expected) => Assert.Equal(expected, await ReadAsync(new(TailLines: tail)));

    [Fact]
    public async Task Times_have_nine_digits_and_stand_before_whole_lines_only() => Assert.Equal(
        "2026-01-01T00:00:01.500000000Z one\n2026-01-01T00:00:02.000000001Z two\n2026-01-01T00:00:03.000000000Z three\n2026-01-01T00:00:04.000000000Z \n",
        await ReadAsync(new(Timestamps: true)));

    [Fact]
    public async Task One_stream_only() => Assert.Equal("two\n", await ReadAsync(new(Stream: "stderr")));

    [Fact]
    public async Task Nothing_older_than_asked() =>
        Assert.Equal("three\n\n", await ReadAsync(new(Since: new(2026, 1, 1, 0, 0, 3, TimeSpan.Zero))));

    [Theory]
    [InlineData(1, "o")]
    [InlineData(5, "one\nt")]
    public async Task No_more_bytes_than_asked(long limit, string expected) => Assert.Equal(expected, await ReadAsync(new(LimitBytes: limit)));

    [Fact]
    public async Task A_line_longer_than_any_buffer_and_a_broken_one()
    {
        var text = new string('x', 300_000);
        Assert.Equal(text + "\n", await ReadAsync(new(), $"garbage\n2026-01-01T00:00:01Z stdout F {text}\n2026-01-01T00:00:02Z stdout F unfini"));
    }

    [Fact]
    public async Task Following_brings_what_is_written_and_survives_rotation_and_ends_with_the_container()
    {
        File.WriteAllText(LogPath, "2026-01-01T00:00:01Z stdout F one\n");
        var isRunning = true;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var copy = CopyAsync(new(Follow: true), pipe, () => isRunning);
        var reader = new StreamReader(pipe.Reader.AsStream());

        Assert.Equal("one", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        File.AppendAllText(LogPath, "2026-01-01T00:00:02Z stdout F two\n");
        Assert.Equal("two", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await Rotation(new FakeTimeProvider()).RotateAsync(LogPath, _ => File.WriteAllTextAsync(LogPath, "2026-01-01T00:00:03Z stdout F three\n", _), TestContext.Current.CancellationToken);
        Assert.Equal("three", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        isRunning = false;
        File.AppendAllText(LogPath, "2026-01-01T00:00:04Z stdout F last\n");
        Assert.Equal("last", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await copy;
    }

    [Fact]
    public async Task Rotation_keeps_as_many_files_as_asked_and_compresses_the_older()
    {
        var clock = new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        for (var i = 0; i < 5; i++)
        {
            File.WriteAllText(LogPath, $"{i}");
            await Rotation(clock).RotateAsync(LogPath, _ => File.WriteAllTextAsync(LogPath, "", _), TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            ["0.log", "0.log.20260101-000003.gz", "0.log.20260101-000004"],
            Directory.GetFiles(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_runtime_that_does_not_reopen_keeps_its_log()
    {
        File.WriteAllText(LogPath, "text");

        await Assert.ThrowsAsync<RuntimeException>(() => Rotation(new FakeTimeProvider()).RotateAsync(
            LogPath, _ => throw new RuntimeException(RuntimeErrorKind.Unavailable, "down"), TestContext.Current.CancellationToken));

        Assert.Equal("text", File.ReadAllText(LogPath));
    }

    private static LogRotation Rotation(TimeProvider clock) =>
        new(new HandedPods(), new FakeRuntime(clock), maxBytes: 10, maxFiles: 3, clock, NullLogger<LogRotation>.Instance);

    private async Task<string> ReadAsync(LogOptions options, string lines = Lines)
    {
        File.WriteAllText(LogPath, lines);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await CopyAsync(options, pipe, () => true);
        using var reader = new StreamReader(pipe.Reader.AsStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private async Task CopyAsync(LogOptions options, Pipe pipe, Func<bool> isRunning)
    {
        await new ContainerLogs(_watch, TimeProvider.System).CopyAsync(
            LogPath, options, _ => Task.FromResult(isRunning()), pipe.Writer, TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
    }
}
