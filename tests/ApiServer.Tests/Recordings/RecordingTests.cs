namespace KubeSharp.ApiServer.Tests.Recordings;

/// <summary>What an upstream server answered, asked of the whole of ours. What was changed since the recording: tests/Golden/README.md.</summary>
public sealed class RecordingTests
{
    public static TheoryData<string> ErrorCases => Recording.Names("errors");

    public static TheoryData<string> ListAndWatchCases => Recording.Names("list-watch");

    public static TheoryData<string> DiscoveryCases => Recording.Names("discovery");

    [Theory]
    [MemberData(nameof(ErrorCases))]
    public Task An_error_is_upstreams(string name) => Replay.RunAsync("errors", name);

    [Theory]
    [MemberData(nameof(ListAndWatchCases))]
    public Task A_list_or_watch_is_upstreams(string name) => Replay.RunAsync("list-watch", name);

    public static TheoryData<string> NodeCases => Recording.Names("node-requests");

    [Theory]
    [MemberData(nameof(NodeCases))]
    public Task A_request_for_a_pod_on_a_node_is_refused_as_upstream(string name) => Replay.RunAsync("node-requests", name);

    [Theory]
    [MemberData(nameof(DiscoveryCases))]
    public Task A_document_is_upstreams(string name) => Replay.RunAsync("discovery", name);
}
