using System.Threading.Channels;
using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>Registers the node and keeps its status true: at once when something changes, every five minutes otherwise.</summary>
internal sealed partial class NodeReporter(
    IClient client,
    IInformer<Node> nodes,
    IRuntime runtime,
    IRuntimeImages images,
    IEventRecorder events,
    NodeResources resources,
    KubeletOptions options,
    TimeProvider clock,
    ILogger<NodeReporter> log)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NotReadyLookPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMinutes(5);

    /// <summary>Quick looks at a node that does not get ready end after a while.</summary>
    private static readonly TimeSpan QuickLooks = TimeSpan.FromMinutes(1);

    /// <summary>One waiting call is enough: the look it leads to sees everything.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource<Node> _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Objects.CoreV1.NodeStatus _reported = Objects.CoreV1.NodeStatus.Empty;
    private long? _reportedAt; // a timestamp: the wall clock may jump
    private string _runtimeVersion = "";

    private ObjectKey Key => new("", options.NodeName);

    /// <summary>Completes with the Node when it is first registered.</summary>
    public Task<Node> Registered => _registered.Task;

    /// <summary>Looks at the node's health now: the runtime has come up or gone down, a network has been set up.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken ct)
    {
        using var deletions = nodes.Subscribe((_, current) =>
        {
            if (current is null)
                Wake();
        });
        Record("Starting", "Starting kubelet.");
        var (started, isFailing) = (clock.GetTimestamp(), false);
        while (!ct.IsCancellationRequested)
        {
            var isReady = false;
            try
            {
                isReady = await ReportAsync(ct);
                isFailing = false;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                if (!isFailing)
                    Failed(e, options.NodeName);
                isFailing = true;
            }

            var isQuick = !isReady && clock.GetElapsedTime(started) < QuickLooks;
            await WaitAsync(isQuick ? NotReadyLookPeriod : LookPeriod, ct);
        }
    }

    private bool IsReportDue => _reportedAt is not { } at || clock.GetElapsedTime(at) >= ReportPeriod;

    /// <summary>One look; writes only what is news.</summary>
    /// <returns>Whether the node is ready.</returns>
    internal async Task<bool> ReportAsync(CancellationToken ct)
    {
        var (now, health, present) = (clock.GetUtcNow(), await MeasureAsync(ct), await ImagesAsync(ct));
        var known = _registered.Task.IsCompletedSuccessfully && nodes.HasSynced ? nodes.Find(Key) : null;
        var node = known ?? await RegisterAsync(ct);
        var status = NodeShape.Status(node.Status, options, resources, MachineFacts.Read(_runtimeVersion), present, health, now);
        if (!NodeShape.IsSame(status, node.Status) || IsReportDue)
        {
            // The cache may be behind our own last write; only the server's copy is a base for the next one.
            var fresh = await client.FindAsync<Node>(Key, ct) ?? await RegisterAsync(ct);
            status = NodeShape.Status(fresh.Status, options, resources, MachineFacts.Read(_runtimeVersion), present, health, now);
            if (!NodeShape.IsSame(status, fresh.Status) || IsReportDue)
            {
                await client.UpdateStatusAsync(fresh with { Status = status }, ct);
                _reportedAt = clock.GetTimestamp();
            }

            foreach (var reason in NodeConditions.Changes(_reported.Conditions, status.Conditions))
                Record(reason, $"Node {options.NodeName} status is now: {reason}");
            _reported = status;
        }

        return health.Problems.Count == 0;
    }

    /// <summary>Creates the Node, or takes over the one that is there.</summary>
    private async Task<Node> RegisterAsync(CancellationToken ct)
    {
        Node node;
        if (await client.FindAsync<Node>(Key, ct) is { } found)
        {
            var labelled = NodeShape.WithLabels(found, options);
            node = ReferenceEquals(labelled, found) ? found : await client.UpdateAsync(labelled, ct);
        }
        else
        {
            node = await client.CreateAsync(NodeShape.New(options), ct);
            Created(options.NodeName);
        }

        _registered.TrySetResult(node);
        return node;
    }

    private async Task<NodeHealth> MeasureAsync(CancellationToken ct)
    {
        StatusResponse? answer = null;
        try
        {
            answer = await runtime.StatusAsync(ct);
            if (_runtimeVersion.Length == 0)
            {
                var version = await runtime.VersionAsync(ct);
                _runtimeVersion = $"{version.RuntimeName}://{version.RuntimeVersion}";
            }
        }
        catch (RuntimeException)
        {
            _runtimeVersion = ""; // another version may come back
        }

        return NodeHealth.Measure(answer, options.DataDir);
    }

    private async Task<IReadOnlyList<Image>> ImagesAsync(CancellationToken ct)
    {
        try
        {
            return await images.ListImagesAsync(ct);
        }
        catch (RuntimeException)
        {
            return [];
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(longest, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await _wake.Reader.ReadAsync(both.Token);
        }
        catch (OperationCanceledException)
        {
            // time is up, or the loop ends
        }
    }

    /// <summary>Events of nodes carry the node's name as its UID, as upstream's kubelet writes them and describe looks for them.</summary>
    private void Record(string reason, string message) => events.Record(
        new Node { Metadata = new() { Name = options.NodeName, Uid = options.NodeName } }.WithTypeMeta(), "Normal", reason, message);

    [LoggerMessage(1, LogLevel.Information, "Node {Name} is registered")]
    private partial void Created(string name);

    [LoggerMessage(2, LogLevel.Warning, "The status of Node {Name} cannot be reported; trying again until it can")]
    private partial void Failed(Exception e, string name);
}
