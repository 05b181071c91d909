using KubeSharp.Kubelet.Volumes;
using KubeSharp.Kubelet.Volumes.Plugins;
using KubeSharp.Objects.CoreV1;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Volumes;

public sealed class PodVolumesTests : IDisposable
{
    private static readonly DownwardNode Node = new(new(2, 1L << 30, 1L << 30, 110), ["192.0.2.1"]);
    private readonly string _root = Directory.CreateTempSubdirectory("volumes").FullName;
    private readonly FakeReferences _objects = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly PodVolumes _volumes;

    public PodVolumesTests() => _volumes = new(
        _root,
        [new ConfigMapVolumes(_objects, _clock), new EmptyDirVolumes(Node.Resources), new HostPathVolumes(), new DownwardApiVolumes(Node, _clock)],
        _objects,
        new PodTokens(new NoClient(), _clock, new Random(1)));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_missing_config_map_is_said_in_upstreams_words_and_the_other_volumes_are_made()
    {
        var pod = Pod(new Volume { Name = "v", ConfigMap = new() { Name = "nope" } }, new Volume { Name = "scratch", EmptyDir = new() });

        var e = await Assert.ThrowsAsync<VolumeException>(() => _volumes.MountAsync(pod, TestContext.Current.CancellationToken));

        Assert.Equal("FailedMount", e.Reason);
        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : configmap \"nope\" not found", e.Message);
        Assert.True(Directory.Exists(Path.Combine(_volumes.DirectoryOf("u1"), "volumes/kubernetes.io~empty-dir/scratch")));
    }

    [Fact]
    public async Task A_host_path_of_another_type_is_refused_in_upstreams_words()
    {
        var pod = Pod(new Volume { Name = "v", HostPath = new() { Path = "/nonexistent-golden", Type = "Directory" } });

        var e = await Assert.ThrowsAsync<VolumeException>(() => _volumes.MountAsync(pod, TestContext.Current.CancellationToken));

        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /nonexistent-golden is not a directory", e.Message);
    }

    [Fact]
    public async Task Items_choose_keys_paths_and_modes()
    {
        _objects.Add(new ConfigMap { Metadata = new() { Name = "m", Namespace = "ns" }, Data = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
        var pod = Pod(new Volume { Name = "v", ConfigMap = new() { Name = "m", DefaultMode = 0b100_000_000, Items = [new() { Key = "b", Path = "x/y", Mode = 0b110_000_000 }] } });

        var path = (await _volumes.MountAsync(pod, TestContext.Current.CancellationToken))["v"];

        Assert.Equal("2", File.ReadAllText(Path.Combine(path, "x/y")));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(path, "x/y")));
        Assert.False(Path.Exists(Path.Combine(path, "a")));
    }

    [Fact]
    public async Task Labels_and_resources_come_as_files_and_follow_the_pod()
    {
        var pod = Pod(new Volume
        {
            Name = "v",
            DownwardAPI = new()
            {
                Items =
                [
                    new() { Path = "labels", FieldRef = new() { FieldPath = "metadata.labels" } },
                    new() { Path = "cpu", ResourceFieldRef = new() { ContainerName = "c", Resource = "limits.cpu" } },
                ],
            },
        });
        pod = pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["b"] = "2\"", ["a"] = "1" } }, Spec = pod.Spec with { Containers = [new() { Name = "c" }] } };

        var path = (await _volumes.MountAsync(pod, TestContext.Current.CancellationToken))["v"];

        Assert.Equal("a=\"1\"\nb=\"2\\\"\"", File.ReadAllText(Path.Combine(path, "labels")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(path, "cpu")));
        await _volumes.MountAsync(pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "3" } } }, TestContext.Current.CancellationToken);
        Assert.Equal("a=\"3\"", File.ReadAllText(Path.Combine(path, "labels")));
    }

    [Fact]
    public async Task Unmounting_leaves_nothing_and_may_be_repeated()
    {
        var pod = Pod(new Volume { Name = "scratch", EmptyDir = new() });
        var path = (await _volumes.MountAsync(pod, TestContext.Current.CancellationToken))["scratch"];
        File.WriteAllText(Path.Combine(path, "f"), "x");
        Assert.Equal(["u1"], _volumes.PodsOnDisk());

        await _volumes.UnmountAsync("u1", TestContext.Current.CancellationToken);
        await _volumes.UnmountAsync("u1", TestContext.Current.CancellationToken);

        Assert.Empty(_volumes.PodsOnDisk());
        Assert.Contains("u1", _objects.Released);
    }

    private static Pod Pod(params Volume[] volumes) => new()
    {
        Metadata = new() { Name = "p", Namespace = "ns", Uid = "u1" },
        Spec = new() { Volumes = volumes },
    };
}
