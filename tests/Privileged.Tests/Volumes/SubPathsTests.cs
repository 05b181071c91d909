using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Volumes;
using KubeSharp.Linux.Files;
using KubeSharp.Linux.Mounts;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Privileged.Tests.Network;
using KubeSharp.Privileged.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Privileged.Tests.Volumes;

public sealed class SubPathsTests : IDisposable
{
    private static readonly Pod Pod = Pod.Empty with { Metadata = new() { Name = "p", Namespace = "ns", Uid = "u1" } };
    private readonly string _root = Directory.CreateTempSubdirectory("sub-paths").FullName;
    private readonly string _volume;
    private readonly PodVolumes _volumes;
    private readonly SubPaths _subPaths;

    public SubPathsTests()
    {
        _volume = Directory.CreateDirectory(Path.Combine(_root, "volume")).FullName;
        Directory.CreateDirectory(Path.Combine(_root, "host"));
        File.WriteAllText(Path.Combine(_root, "host/secret"), "of the host");
        _volumes = new(Path.Combine(_root, "kubelet"), [], new NoReferences(), new PodTokens(new NoApiServer(), TimeProvider.System, new Random(1)));
        _subPaths = new(_volumes, NullLogger<SubPaths>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(_root, "kubelet/pods/u1/volume-subpaths/v/c/0");

    public void Dispose()
    {
        foreach (var mount in MountTable.Under(_root))
        {
            Mount.MakeSlave(mount.Path);
            Mount.Detach(mount.Path);
        }

        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("../host")]
    [InlineData("absolute")]
    [InlineData("by-way/secret")]
    public void A_link_that_points_out_of_the_volume_is_refused_without_saying_what_is_there(string target)
    {
        var link = target == "absolute" ? Path.Combine(_root, "host") : target;
        File.CreateSymbolicLink(Path.Combine(_volume, "by-way"), "../host");
        File.CreateSymbolicLink(Path.Combine(_volume, "out"), link);

        var e = Assert.Throws<ContainerConfigException>(() => Prepare("out"));

        Assert.Equal("failed to prepare subPath for volumeMount \"v\" of container \"c\"", e.Message);
        Assert.Empty(MountTable.Under(_root));
    }

    [Fact]
    public void Nothing_is_made_through_a_link_that_points_out_of_the_volume()
    {
        File.CreateSymbolicLink(Path.Combine(_volume, "out"), "../host");

        Assert.Throws<ContainerConfigException>(() => Prepare("out/new"));

        Assert.False(Path.Exists(Path.Combine(_root, "host/new")));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_before_the_mount_is_mounted_all_the_same()
    {
        Write("d/file", "of the volume");
        using var held = BeneathPath.Open(_volume, "d")!;
        Swap("d");

        SubPaths.Bind(held, Place);

        Assert.Equal("of the volume", File.ReadAllText(Path.Combine(Place, "file")));
        Assert.False(File.Exists(Path.Combine(Place, "secret")));
    }

    [Fact]
    public void A_directory_swapped_for_a_link_after_the_mount_is_still_mounted_and_refused_the_next_time()
    {
        Write("d/file", "of the volume");
        var place = Prepare("d");
        Swap("d");

        Assert.Equal(Place, place);
        Assert.Equal("of the volume", File.ReadAllText(Path.Combine(place, "file")));
        Assert.Throws<ContainerConfigException>(() => Prepare("d"));
    }

    [Fact]
    public void A_restart_mounts_what_is_there_now_and_stacks_nothing()
    {
        Write("..1/key", "one");
        Write("..2/key", "two");
        File.CreateSymbolicLink(Path.Combine(_volume, "..data"), "..1");
        File.CreateSymbolicLink(Path.Combine(_volume, "key"), "..data/key");
        Assert.Equal("one", File.ReadAllText(Prepare("key")));
        Assert.Equal("one", File.ReadAllText(Prepare("key")));

        File.Delete(Path.Combine(_volume, "..data"));
        File.CreateSymbolicLink(Path.Combine(_volume, "..data"), "..2");
        var place = new SubPaths(_volumes, NullLogger<SubPaths>.Instance).Prepare(Pod, "c", 0, new() { Name = "v" }, _volume, "key");

        Assert.Equal("two", File.ReadAllText(place));
        Assert.Single(MountTable.Under(_root));

        File.Delete(Path.Combine(_volume, "key"));
        Directory.CreateDirectory(Path.Combine(_volume, "key/below"));
        Assert.True(Directory.Exists(Path.Combine(Prepare("key"), "below")));
        Assert.Single(MountTable.Under(_root));
    }

    [Fact]
    public void Missing_directories_get_the_volumes_permissions_and_group_whatever_the_umask()
    {
        const UnixFileMode open = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(_volume, open | UnixFileMode.SetGroup);
        Ownership.Set(_volume, Ownership.Same, 4321);

        var place = Prepare("a/b");

        foreach (var path in (string[])[Path.Combine(_volume, "a"), Path.Combine(_volume, "a/b"), place])
        {
            Assert.Equal(open | UnixFileMode.SetGroup, File.GetUnixFileMode(path));
            Assert.Equal(4321u, FileStatus.Of(path)!.Group);
        }
    }

    [Fact]
    public async Task Nothing_is_left_with_the_pod_but_the_volume_and_what_is_mounted_in_it()
    {
        Mount.Tmpfs(_volume, "");
        var inner = Directory.CreateDirectory(Path.Combine(_volume, "d/inner")).FullName;
        Tools.Run("mount", ["--make-shared", _volume]);
        Mount.Tmpfs(inner, "");
        File.WriteAllText(Path.Combine(inner, "file"), "kept");
        Write("f", "kept");
        Assert.Equal("kept", File.ReadAllText(Path.Combine(Prepare("d"), "inner/file")));
        _subPaths.Prepare(Pod, "other", 3, new() { Name = "v" }, _volume, "f");
        Prepare("d");
        Assert.Equal(3, MountTable.Under(Path.Combine(_root, "kubelet")).Count);

        await _volumes.UnmountAsync("u1", Ct);

        Assert.False(Directory.Exists(_volumes.DirectoryOf("u1")));
        Assert.Empty(MountTable.Under(Path.Combine(_root, "kubelet")));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(inner, "file")));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_volume, "f")));
    }

    [Fact]
    public async Task A_data_directory_behind_a_link_is_emptied_of_mounts_before_anything_is_deleted()
    {
        Directory.CreateDirectory(Path.Combine(_root, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(_root, "kubelet"), "elsewhere");
        Write("d/file", "kept");
        Prepare("d");
        Prepare("d");
        Assert.Single(MountTable.Under(_root));

        await _volumes.UnmountAsync("u1", Ct);

        Assert.Empty(MountTable.Under(_root));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_volume, "d/file")));
    }

    private string Prepare(string subPath) => _subPaths.Prepare(Pod, "c", 0, new() { Name = "v" }, _volume, subPath);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_volume, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>What a container that shares the volume would do.</summary>
    private void Swap(string name)
    {
        Directory.Move(Path.Combine(_volume, name), Path.Combine(_volume, name + "-away"));
        File.CreateSymbolicLink(Path.Combine(_volume, name), Path.Combine(_root, "host"));
    }
}
