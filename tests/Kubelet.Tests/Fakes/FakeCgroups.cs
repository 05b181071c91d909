using KubeSharp.Linux.Cgroups;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>A tree that remembers which groups were made and what they were limited to.</summary>
/// <param name="files">The control files that each group has.</param>
internal sealed class FakeCgroups(params IReadOnlyCollection<string> files) : ICgroups
{
    private readonly Dictionary<string, CgroupLimits> _groups = [];

    public IReadOnlyDictionary<string, CgroupLimits> Groups => _groups;

    public void Create(string path) => _groups.TryAdd(path, new());

    public bool Exists(string path) => _groups.ContainsKey(path);

    public bool Has(string path, string file) => Exists(path) && files.Contains(file);

    public void SetLimits(string path, CgroupLimits limits) => _groups[path] = limits;

    public IReadOnlyCollection<string> Children(string path) =>
        [.. _groups.Keys.Where(k => Path.GetDirectoryName(k) == path).Select(k => Path.GetFileName(k))];

    public IReadOnlyCollection<int> Processes(string path) => [];

    public CgroupUsage? Usage(string path) => Exists(path) ? new(0, 0, 0, 0, 0, 0, 0) : null;

    public Task RemoveAsync(string path, CancellationToken ct)
    {
        foreach (var key in _groups.Keys.Where(k => k == path || k.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            _groups.Remove(key);
        return Task.CompletedTask;
    }
}
