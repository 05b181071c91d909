using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

internal sealed partial class FakeRuntime
{
    public Task<string> RunSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken ct)
    {
        lock (_gate)
        {
            Record_NeedsLock($"RunSandbox {config.Metadata.Name}");
            var sandbox = new FakeSandbox($"sandbox-{++_ids}", _ids, config.Clone(), runtimeHandler, Now);
            _sandboxes.Add(sandbox.Id, sandbox);
            return Task.FromResult(sandbox.Id);
        }
    }

    public Task StopSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var sandbox))
                return Task.CompletedTask;

            Record_NeedsLock($"StopSandbox {sandbox.Config.Metadata.Name}");
            foreach (var c in _containers.Values.Where(c => c.SandboxId == sandboxId))
                End_NeedsLock(c, 137, "Error");
            sandbox.Ready = false;
            return Task.CompletedTask;
        }
    }

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var sandbox))
                return Task.CompletedTask;

            Record_NeedsLock($"RemoveSandbox {sandbox.Config.Metadata.Name}");
            _sandboxes.Remove(sandboxId);
            foreach (var c in _containers.Values.Where(c => c.SandboxId == sandboxId).ToList())
                _containers.Remove(c.Id);
            return Task.CompletedTask;
        }
    }

    public Task<PodSandboxStatus?> FindSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_gate)
            return Task.FromResult(_sandboxes.GetValueOrDefault(sandboxId)?.ToStatus());
    }

    public Task<IReadOnlyList<PodSandbox>> ListSandboxesAsync(PodSandboxFilter filter, CancellationToken ct)
    {
        lock (_gate)
        {
            Listing_NeedsLock("ListSandboxes");
            return Task.FromResult<IReadOnlyList<PodSandbox>>(
            [
                .. _sandboxes.Values.Select(s => s.ToListItem()).Where(s =>
                    (filter.Id.Length == 0 || filter.Id == s.Id)
                    && (filter.State is null || filter.State.State == s.State)
                    && HasLabels(s.Labels, filter.LabelSelector)),
            ]);
        }
    }

    /// <summary>Lists are not recorded (they change nothing) but may be made to fail.</summary>
    private void Listing_NeedsLock(string call)
    {
        if (FailWhen(call) is { } error)
            throw error;
    }

    private static bool HasLabels(IDictionary<string, string> labels, IDictionary<string, string> selector) =>
        selector.All(want => labels.TryGetValue(want.Key, out var value) && value == want.Value);
}
