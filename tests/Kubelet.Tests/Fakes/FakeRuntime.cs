using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>
/// A container runtime in memory that behaves: sandboxes get addresses, containers pass from created to running to exited,
/// stopping honours the rules, what is gone is not found. A test plays the process inside with <see cref="Exit"/>.
/// </summary>
internal sealed partial class FakeRuntime(TimeProvider clock) : IRuntime
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeSandbox> _sandboxes = [];
    private readonly Dictionary<string, FakeContainer> _containers = [];
    private readonly List<string> _calls = [];
    private int _ids;

    /// <summary>Every call that changes something, in order: <c>RunSandbox pod</c>, <c>StartContainer app#0</c> …</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>Set to make calls fail: gets the call's text (as in <see cref="Calls"/>), returns the error or null.</summary>
    public Func<string, RuntimeException?> FailWhen { get; set; } = _ => null;

    /// <summary>Set to false to make a stopped container need its whole grace and a kill (exit code 137).</summary>
    public Func<ContainerConfig, bool> StopsOnSignal { get; set; } = _ => true;

    /// <summary>What a container does as soon as it is started: null keeps it running, a number ends it with that code.</summary>
    public Func<ContainerConfig, int?> ExitsAtOnce { get; set; } = _ => null;

    public bool NetworkReady { get; set; } = true;

    public Task<VersionResponse> VersionAsync(CancellationToken ct) => Task.FromResult(new VersionResponse
    {
        Version = "0.1.0", RuntimeName = "fake", RuntimeVersion = "1.0.0", RuntimeApiVersion = "v1",
    });

    public Task<StatusResponse> StatusAsync(CancellationToken ct) => Task.FromResult(new StatusResponse
    {
        Status = new()
        {
            Conditions =
            {
                new RuntimeCondition { Type = "RuntimeReady", Status = true },
                new RuntimeCondition { Type = "NetworkReady", Status = NetworkReady },
            },
        },
    });

    /// <summary>The process in the container ends by itself.</summary>
    public void Exit(string containerId, int exitCode, string reason = "")
    {
        lock (_gate)
            End_NeedsLock(_containers[containerId], exitCode, reason);
    }

    /// <summary>The id of the newest container of that name, in any state.</summary>
    public string Newest(string containerName)
    {
        lock (_gate)
            return _containers.Values.Where(c => c.Config.Metadata.Name == containerName).MaxBy(c => c.Number)!.Id;
    }

    public ContainerConfig ConfigOf(string containerId)
    {
        lock (_gate)
            return _containers[containerId].Config;
    }

    private void Record_NeedsLock(string call)
    {
        _calls.Add(call);
        if (FailWhen(call) is { } error)
            throw error;
    }

    private long Now => clock.GetUtcNow().ToNanoseconds();

    private void End_NeedsLock(FakeContainer c, int exitCode, string reason)
    {
        if (c.State != ContainerState.ContainerRunning)
            return;
        c.State = ContainerState.ContainerExited;
        c.ExitCode = exitCode;
        c.Reason = reason.Length > 0 ? reason : exitCode == 0 ? "Completed" : "Error";
        c.FinishedAt = Now;
    }

    private FakeSandbox Sandbox_NeedsLock(string id) => _sandboxes.GetValueOrDefault(id)
        ?? throw new RuntimeException(RuntimeErrorKind.NotFound, $"an error occurred when try to find sandbox \"{id}\": not found");

    private FakeContainer Container_NeedsLock(string id) => _containers.GetValueOrDefault(id)
        ?? throw new RuntimeException(RuntimeErrorKind.NotFound, $"an error occurred when try to find container \"{id}\": not found");
}
