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
    public void Missing_directories_are_made_only_inside()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "out"), "/tmp");

        using (BeneathPath.OpenOrCreateDirectory(_root, "x/y/z", (UnixFileMode)0b111_101_000))
            Assert.True(Directory.Exists(Path.Combine(_root, "x/y/z")));
        Assert.Throws<SyscallException>(() => BeneathPath.OpenOrCreateDirectory(_root, "out/made", (UnixFileMode)0b111_101_000));
        Assert.False(Directory.Exists("/tmp/made"));
    }
}
