using KubeSharp.Linux.Mounts;

namespace KubeSharp.Linux.Tests.Mounts;

public sealed class MountTableTests
{
    [Fact]
    public void A_line_of_mountinfo_is_understood_with_and_without_optional_fields()
    {
        var shared = MountTable.Parse(@"36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue");
        var plain = MountTable.Parse("33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct");

        Assert.Equal(new MountEntry(36, 35, "/mnt1", "/mnt 2", "rw,noatime", "ext3", "/dev/root", "rw,errors=continue"), shared);
        Assert.Equal(("cgroup", "rw,cpuacct"), (plain.Type, plain.SuperOptions));
    }

    [Fact]
    public void The_root_is_mounted() => Assert.Contains(MountTable.Read(), m => m.Path == "/");
}
