using KubeSharp.Linux.Files;

namespace KubeSharp.Linux.Tests.Files;

public sealed class BeneathPathTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("beneath").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Links_that_stay_inside_are_followed_and_others_refused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "a/b"));
        File.CreateSymbolicLink(Path.Combine(_root, "a/inside"), "b");
        File.CreateSymbolicLink(Path.Combine(_root, "a/up"), "../a/b");
        File.CreateSymbolicLink(Path.Combine(_root, "a/out"), "../../etc");
        File.CreateSymbolicLink(Path.Combine(_root, "a/absolute"), "/etc");

        using (var inside = BeneathPath.Open(_root, "a/inside"))
        using (var up = BeneathPath.Open(_root, "a/up"))
            Assert.True(inside is not null && up is not null);
        Assert.Null(BeneathPath.Open(_root, "a/none"));
        foreach (var path in (string[])["a/out", "a/absolute", "..", "/etc", "a/../../etc"])
            Assert.Throws<SyscallException>(() => BeneathPath.Open(_root, path));
    }

    [Fact]
    public void Absolute_links_are_followed_if_they_lead_back_inside()
    {
        Directory.CreateDirectory(Path.Combine(_root, "volume/a/b"));
        Directory.CreateDirectory(Path.Combine(_root, "volume-of-another"));
        var volume = Path.Combine(_root, "volume");
        File.CreateSymbolicLink(Path.Combine(volume, "inside"), Path.Combine(volume, "a"));
        File.CreateSymbolicLink(Path.Combine(volume, "itself"), volume);
        File.CreateSymbolicLink(Path.Combine(volume, "beside"), volume + "-of-another");
        File.CreateSymbolicLink(Path.Combine(volume, "to-nothing"), Path.Combine(volume, "none"));
        File.CreateSymbolicLink(Path.Combine(volume, "a/etc"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), volume);

        foreach (var (path, real) in ((string, string)[])[("inside/b", "a/b"), ("itself/inside", "a"), ("itself", "")])
        {
            foreach (var root in (string[])[volume, Path.Combine(_root, "link")])
            {
                using var found = BeneathPath.Open(root, path);
                Assert.Equal(Path.TrimEndingDirectorySeparator(Path.Combine(volume, real)), new FileInfo($"/proc/self/fd/{found!.DangerousGetHandle()}").LinkTarget);
            }
        }

        foreach (var path in (string[])["beside", "to-nothing", "inside/etc", "itself/a/etc/passwd"])
            Assert.Throws<SyscallException>(() => BeneathPath.Open(volume, path));
        using (BeneathPath.OpenOrCreateDirectory(volume, "inside/c/d", (UnixFileMode)0b111_101_000))
            Assert.True(Directory.Exists(Path.Combine(volume, "a/c/d")));
    }

    [Fact]
    public void Missing_directories_are_made_only_inside()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "out"), "/tmp");

        using (BeneathPath.OpenOrCreateDirectory(_root, "x/y/z", (UnixFileMode)0b111_101_000))
            Assert.True(Directory.Exists(Path.Combine(_root, "x/y/z")));
        Assert.Throws<SyscallException>(() => BeneathPath.OpenOrCreateDirectory(_root, "out/made", (UnixFileMode)0b111_101_000));
        Assert.False(Directory.Exists("/tmp/made"));
    }
}
