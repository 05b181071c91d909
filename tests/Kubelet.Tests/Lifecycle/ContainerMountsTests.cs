using Google.Protobuf;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Lifecycle;

public sealed class ContainerMountsTests
{
    [Fact]
    public void A_sub_path_may_hold_variables_and_is_mounted_from_its_own_place()
    {
        var mount = Single(new() { Name = "v", MountPath = "/data", SubPathExpr = "a/$(NAME)", ReadOnly = true });

        Assert.Equal("/places/0/v/of/volumes/v/at/a/x", mount.HostPath);
        Assert.True(mount.Readonly);
    }

    [Fact]
    public void A_volume_without_a_sub_path_is_mounted_itself() =>
        Assert.Equal("/volumes/v", Single(new() { Name = "v", MountPath = "data" }).HostPath);

    [Theory]
    [InlineData("../x", "unable to provision SubPath `../x`: must not contain '..'")]
    [InlineData("a/../x", "unable to provision SubPath `a/../x`: must not contain '..'")]
    [InlineData("/etc", "error SubPath `/etc` must not be an absolute path")]
    public void A_sub_path_that_points_out_of_the_volume_is_refused(string subPath, string message)
    {
        var e = Assert.Throws<ContainerConfigException>(() => Single(new() { Name = "v", MountPath = "/data", SubPathExpr = subPath }));

        Assert.Equal(message, e.Message);
    }

    private static Mount Single(VolumeMount mount)
    {
        var web = PodsOf.Named("web") with { VolumeMounts = [mount] };
        KeyValue[] environment = [new() { Key = "NAME", Value = ByteString.CopyFromUtf8("x") }];
        return ContainerMounts.Of(
            web, new Dictionary<string, string> { ["v"] = "/volumes/v" }, environment, new Dictionary<string, string>(),
            (index, m, volume, subPath) => $"/places/{index}/{m.Name}/of{volume}/at/{subPath}").Single();
    }
}
