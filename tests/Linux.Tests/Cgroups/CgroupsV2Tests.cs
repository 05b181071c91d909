using KubeSharp.Linux.Cgroups;

namespace KubeSharp.Linux.Tests.Cgroups;

public sealed class CgroupsV2Tests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cgroup2").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 39)]
    [InlineData(262_144, 10_000)]
    public void Weights_are_converted_as_runc_converts_them(long shares, long weight) => Assert.Equal(weight, CgroupsV2.Weight(shares));

    [Fact]
    public void Limits_are_written_as_the_v2_files_want_them()
    {
        var cgroups = new CgroupsV2(_root, TimeProvider.System);
        cgroups.Create("/kubepods/pod1");
        var group = Path.Combine(_root, "kubepods/pod1");
        foreach (var file in (string[])["cpu.weight", "cpu.max", "memory.max", "pids.max"])
            File.WriteAllText(Path.Combine(group, file), "");

        cgroups.SetLimits("/kubepods/pod1", new(CpuShares: 1024, CpuQuotaMicroseconds: 50_000, MemoryBytes: CgroupLimits.Unlimited, Processes: 10));

        Assert.Equal(["39", "50000 100000", "max", "10"], ((string[])["cpu.weight", "cpu.max", "memory.max", "pids.max"]).Select(f => File.ReadAllText(Path.Combine(group, f))));
    }

    [Fact]
    public void A_parent_hands_down_what_it_has_and_has_not_handed_down_yet()
    {
        Offer(_root, "cpuset cpu io memory hugetlb pids rdma misc", "cpu memory");

        new CgroupsV2(_root, TimeProvider.System).Create("/kubepods");

        // One write a controller; the file of a test keeps the last.
        Assert.Equal("+hugetlb", File.ReadAllText(Path.Combine(_root, "cgroup.subtree_control"))[..8]);
        Assert.True(Directory.Exists(Path.Combine(_root, "kubepods")));
    }

    [Theory]
    [InlineData("hugetlb io", null)]
    [InlineData("cpu memory", "cpu")]
    [InlineData("hugetlb pids", "pids")]
    public void A_controller_that_the_kernel_refuses_matters_where_limits_need_it(string available, string? missed)
    {
        Offer(_root, available, handed: null);
        var cgroups = new CgroupsV2(_root, TimeProvider.System);

        var error = Record.Exception(() => cgroups.Create("/kubepods/pod1"));

        if (missed is null)
            Assert.Null(error);
        else
            Assert.Contains($"cannot hand the controller {missed} down", Assert.IsType<IOException>(error).Message, StringComparison.Ordinal);
        Assert.Equal(missed is null, cgroups.Exists("/kubepods/pod1"));
    }

    [Fact]
    public void A_control_file_is_there_or_not()
    {
        var cgroups = new CgroupsV2(_root, TimeProvider.System);
        cgroups.Create("/kubepods");
        File.WriteAllText(Path.Combine(_root, "kubepods/memory.oom.group"), "0");

        Assert.True(cgroups.Has("/kubepods", "memory.oom.group"));
        Assert.False(cgroups.Has("/kubepods", "memory.swap.max"));
    }

    /// <param name="handed">Null: there is nothing to write to, and every write fails.</param>
    private static void Offer(string group, string available, string? handed)
    {
        File.WriteAllText(Path.Combine(group, "cgroup.controllers"), available);
        if (handed is not null)
            File.WriteAllText(Path.Combine(group, "cgroup.subtree_control"), handed);
    }
}
