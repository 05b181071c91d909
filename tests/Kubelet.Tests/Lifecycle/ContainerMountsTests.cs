using Google.Protobuf;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

public sealed class ContainerMountsTests : IDisposable
{
    private readonly DirectoryInfo _volume = Directory.CreateTempSubdirectory("volume-");

    public void Dispose() => _volume.Delete(recursive: true);

    [Fact]
    public void A_sub_path_is_made_and_may_hold_variables()
    {
        var mount = Single(new() { Name = "v", MountPath = "/data", SubPathExpr = "a/$(NAME)", ReadOnly = true });

        Assert.Equal(Path.Combine(_volume.FullName, "a", "x"), mount.HostPath);
        Assert.True(Directory.Exists(mount.HostPath));
        Assert.True(mount.Readonly);
    }

    [Fact]
    public void A_link_in_a_volume_does_not_lead_out_of_it()
    {
        Directory.CreateSymbolicLink(Path.Combine(_volume.FullName, "out"), "/etc");
        Directory.CreateSymbolicLink(Path.Combine(_volume.FullName, "by-way"), "out/ssl");

        Assert.Throws<ContainerConfigException>(() => Single(new() { Name = "v", MountPath = "/data", SubPath = "out" }));
        Assert.Throws<ContainerConfigException>(() => Single(new() { Name = "v", MountPath = "/data", SubPath = "../x" }));
        Assert.Throws<ContainerConfigException>(() => Single(new() { Name = "v", MountPath = "/data", SubPath = "by-way" }));
    }

    [Fact]
    public void A_link_within_a_volume_is_followed()
    {
        Directory.CreateDirectory(Path.Combine(_volume.FullName, "..2026"));
        File.WriteAllText(Path.Combine(_volume.FullName, "..2026", "key"), "x");
        Directory.CreateSymbolicLink(Path.Combine(_volume.FullName, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(_volume.FullName, "key"), "..data/key");

        Assert.Equal(Path.Combine(_volume.FullName, "..2026", "key"), Single(new() { Name = "v", MountPath = "/data", SubPath = "key" }).HostPath);
    }

    private Mount Single(VolumeMount mount)
    {
        var web = PodsOf.Named("web") with { VolumeMounts = [mount] };
        KeyValue[] environment = [new() { Key = "NAME", Value = ByteString.CopyFromUtf8("x") }];
        return ContainerMounts.Of(web, new Dictionary<string, string> { ["v"] = _volume.FullName }, environment, new Dictionary<string, string>()).Single();
    }
}
