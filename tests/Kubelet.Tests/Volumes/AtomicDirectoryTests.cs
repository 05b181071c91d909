using System.Text;
using KubeSharp.Kubelet.Volumes;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Volumes;

public sealed class AtomicDirectoryTests : IDisposable
{
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    private readonly string _target = Directory.CreateTempSubdirectory("atomic").FullName;
    private readonly FakeTimeProvider _clock = new();

    private AtomicDirectory Subject => new(_target, _clock);

    public void Dispose() => Directory.Delete(_target, recursive: true);

    [Fact]
    public void Files_are_reached_through_one_link_and_have_their_modes()
    {
        var changed = Subject.Write(Files(("a", "1"), ("dir/b", "2")), _ => { });

        Assert.True(changed);
        Assert.Equal("..data/a", new FileInfo(Path.Combine(_target, "a")).LinkTarget);
        Assert.Equal("..data/dir", new FileInfo(Path.Combine(_target, "dir")).LinkTarget);
        Assert.Equal("2", File.ReadAllText(Path.Combine(_target, "dir/b")));
        Assert.Equal(Plain, File.GetUnixFileMode(Path.Combine(_target, "a")));
    }

    [Fact]
    public void The_same_content_changes_nothing()
    {
        Subject.Write(Files(("a", "1")), _ => { });
        var before = new FileInfo(Path.Combine(_target, "..data")).LinkTarget;

        Assert.False(Subject.Write(Files(("a", "1")), _ => Assert.Fail("prepared for nothing")));
        Assert.Equal(before, new FileInfo(Path.Combine(_target, "..data")).LinkTarget);
    }

    [Fact]
    public void A_change_leaves_no_old_file_and_no_old_directory()
    {
        Subject.Write(Files(("a", "1"), ("gone/x", "2")), _ => { });

        Assert.True(Subject.Write(Files(("a", "1b"), ("new", "3")), _ => { }));

        Assert.Equal("1b", File.ReadAllText(Path.Combine(_target, "a")));
        Assert.Equal(["..data", "a", "new"], Directory.GetFileSystemEntries(_target).Select(Path.GetFileName).Where(n => !n!.StartsWith("..1", StringComparison.Ordinal) && !n.StartsWith("..2", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Single(Directory.GetDirectories(_target, "..2*"));
    }

    [Fact]
    public async Task A_reader_never_sees_a_mixture()
    {
        var subject = Subject;
        subject.Write(Files(("a", "0"), ("b", "0")), _ => { });
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                // As a program that must not mix versions does it: it resolves ..data once.
                var directory = Path.Combine(_target, new FileInfo(Path.Combine(_target, "..data")).LinkTarget!);
                try
                {
                    Assert.Equal(File.ReadAllText(Path.Combine(directory, "a")), File.ReadAllText(Path.Combine(directory, "b")));
                }
                catch (IOException)
                {
                    // this version is gone already
                }
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 1; i <= 200; i++)
            subject.Write(Files(("a", $"{i}"), ("b", $"{i}")), _ => { });
        await stop.CancelAsync();
        await reader;
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/../../up")]
    [InlineData("..data")]
    [InlineData("")]
    public void Paths_that_lead_out_are_refused(string path) =>
        Assert.Throws<VolumeSetupException>(() => Subject.Write(Files((path, "x")), _ => { }));

    private static Dictionary<string, ProjectedFile> Files(params (string Path, string Text)[] files) =>
        files.ToDictionary(f => f.Path, f => new ProjectedFile(Encoding.UTF8.GetBytes(f.Text), Plain));
}
