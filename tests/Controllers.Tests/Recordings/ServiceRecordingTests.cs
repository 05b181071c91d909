using System.Text.Json.Nodes;
using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.Controllers.Tests.Recordings;

/// <summary>Endpoints and EndpointSlices of one Service, as upstream wrote them.</summary>
public sealed class ServiceRecordingTests
{
    private const string Ns = "golden-ctl";
    private readonly Recording _recording = new("service-endpoints");

    [Fact]
    public async Task A_service_has_the_endpoints_that_upstream_gave_it()
    {
        await using var cluster = await TestCluster.StartAsync(Names.Endpoints, Names.EndpointSlice, Names.Garbage);
        await cluster.AddNamespaceAsync(Ns);
        cluster.RunNodes("ref-1").BecomesReady = static p => p.Metadata.Name != "e-notready";

        await _recording.ReplayAsync(cluster, "service");
        await MatchesAsync(cluster, "endpoints, no pods", "slices, no pods");
        await _recording.ReplayAsync(cluster, "pod");
        await _recording.ReplayAsync(cluster, "pod");
        await MatchesAsync(cluster, "endpoints, one ready one not", "slices");
        await _recording.ReplayAsync(cluster, "publish not ready");
        await MatchesAsync(cluster, "endpoints", "slices");
        await _recording.ReplayAsync(cluster, "delete pod");
        await MatchesAsync(cluster, "endpoints after");
        await _recording.ReplayAsync(cluster, "selector removed");
        await cluster.SettleAsync();
        await MatchesAsync(cluster, "endpoints kept");
        Assert.Single(cluster.List<EndpointSlice>(Ns));
        await _recording.ReplayAsync(cluster, "delete");
        await cluster.UntilGoneAsync<Endpoints>("sve", Ns);
        await cluster.UntilAsync(() => cluster.List<EndpointSlice>(Ns).Count == 0);
        Assert.Empty(cluster.Logs.Warnings);
    }

    private async Task MatchesAsync(TestCluster cluster, string endpoints, string? slices = null)
    {
        var expected = EndpointsText(_recording.Step(endpoints).Body);
        var seen = "";
        await cluster.UntilAsync(
            () => cluster.Find<Endpoints>("sve", Ns) is { } current && (seen = EndpointsText(JsonNode.Parse(Json.Encode(current))!)) == expected,
            () => $"\nexpected {expected}\nseen     {seen}");
        if (slices is null)
            return;

        expected = string.Join('\n', _recording.Step(slices).Body["items"]!.AsArray().Select(s => SliceText(s!)));
        await cluster.UntilAsync(
            () => (seen = string.Join('\n', cluster.List<EndpointSlice>(Ns).Select(s => SliceText(JsonNode.Parse(Json.Encode(s))!)))) == expected,
            () => $"\nexpected {expected}\nseen     {seen}");
    }

    /// <summary>Without addresses, which differ; since 1.33 the object also says who manages it.</summary>
    private static string EndpointsText(JsonNode endpoints)
    {
        var labels = endpoints["metadata"]!["labels"]!.DeepClone().AsObject();
        labels.Remove("endpoints.kubernetes.io/managed-by");
        static string Addresses(JsonNode? list) => string.Join(',', list?.AsArray().Select(a => $"{a!["hostname"]}@{a["nodeName"]}={a["targetRef"]!["kind"]}/{a["targetRef"]!["name"]}").Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>());
        var subsets = endpoints["subsets"]?.AsArray().Select(s => $"{Addresses(s!["addresses"])} not {Addresses(s["notReadyAddresses"])} on {s["ports"]!.ToJsonString()}");
        return $"{labels.ToJsonString()} {string.Join("; ", subsets ?? [])}";
    }

    /// <summary>The node's name was a topology label in v1beta1; serving and terminating came later.</summary>
    private static string SliceText(JsonNode slice)
    {
        var meta = slice["metadata"]!;
        var labels = string.Join(',', meta["labels"]!.AsObject().Select(l => $"{l.Key}={l.Value}").Order(StringComparer.Ordinal));
        var owner = meta["ownerReferences"]![0]!;
        var endpoints = slice["endpoints"]?.AsArray()
            .Select(e => $"{e!["hostname"]}@{e["nodeName"] ?? e["topology"]!["kubernetes.io/hostname"]} ready={e["conditions"]!["ready"]} {e["targetRef"]!["name"]}").Order(StringComparer.Ordinal);
        var ports = slice["ports"] is { } p ? p.ToJsonString() : "null";
        return $"{meta["generateName"]} {labels} {owner["kind"]}/{owner["name"]} {owner["controller"]} {owner["blockOwnerDeletion"]} {slice["addressType"]} {string.Join("; ", endpoints ?? Enumerable.Empty<string>())} {ports}";
    }
}
