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
}
