using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Discovery;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>What aggregated servers say they serve: asked of each when its APIService changes and every minute, kept when it fails.</summary>
internal sealed class RemoteDiscovery(RemoteClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Identity Reader = new("system:kube-aggregator", [Identity.Masters]);
    private static readonly Identity PlainReader = new("system:kube-aggregator", []);

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, RemoteVersion> _known = ImmutableDictionary<string, RemoteVersion>.Empty;

    public static UpkeepTimes Times { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1));

    /// <summary>By APIService; what is not here has not answered yet. The same instance until something changes.</summary>
    public ImmutableDictionary<string, RemoteVersion> Known => Volatile.Read(ref _known);

    /// <returns>Whether the server answered.</returns>
    public async Task<bool> FetchAsync(RemoteApi api, CancellationToken ct)
    {
        var before = Known.GetValueOrDefault(api.Name);
        try
        {
            Put(api.Name, new(await AskAsync(api, ct), IsStale: false));
            return true;
        }
        catch (Exception e) when (e is IOException or FormatException or JsonException or InvalidOperationException)
        {
            // What was known stays shown, marked: who acts on all resources must know that he does not see all.
            Put(api.Name, new(before?.Resources ?? "", IsStale: true));
            return false;
        }
    }

    public ValueTask ForgetAsync(string name)
    {
        lock (_gate)
            Volatile.Write(ref _known, _known.Remove(name));
        return ValueTask.CompletedTask;
    }

    private async Task<string> AskAsync(RemoteApi api, CancellationToken ct)
    {
        var reply = await client.GetAsync(api, "/apis", Reader, Patience, ct, ("Accept", AggregatedDiscovery.ContentType));
        if (reply.Code == 200 && AggregatedDiscovery.IsAccepted(reply.Head.Header("Content-Type")))
            return Read(api.Group, api.Version, reply.Body);
        if (reply.Code == 503)
            throw new IOException($"service {api.Service} returned non-success response code: 503");

        reply = await client.GetAsync(api, api.Path, PlainReader, Patience, ct, ("Accept", "application/json"));
        return reply.Code == 200
            ? ReadPlain(reply.Body)
            : throw new IOException($"failed to download legacy discovery for {api.Path}: {reply.Code}");
    }

    /// <summary>The resources of this very version; a server that does not name it serves none.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="InvalidOperationException">JSON of another form.</exception>
    internal static string Read(string ofGroup, string ofVersion, ReadOnlySpan<byte> json)
    {
        var list = JsonNodes.Parse(json, DecodeContext.Lenient);
        var group = (list?["items"] as JsonArray)?.FirstOrDefault(g => ((string?)g?["metadata"]?["name"] ?? "") == ofGroup);
        var version = (group?["versions"] as JsonArray)?.FirstOrDefault(v => (string?)v?["version"] == ofVersion);
        var resources = version?["resources"] as JsonArray ?? [];
        foreach (var resource in resources.OfType<JsonObject>())
        {
            // Clients of some versions do not survive its absence.
            resource["responseKind"] ??= PlainResources.Kind("", "", "");
            foreach (var subresource in (resource["subresources"] as JsonArray ?? []).OfType<JsonObject>())
                subresource["responseKind"] ??= PlainResources.Kind("", "", "");
        }

        return Text(resources);
    }

    /// <inheritdoc cref="Read" path="/exception"/>
    internal static string ReadPlain(ReadOnlySpan<byte> json) => Text(PlainResources.Convert(JsonNodes.Parse(json, DecodeContext.Lenient)?["resources"] as JsonArray ?? []));

    private static string Text(JsonArray resources) => resources.Count == 0 ? "" : resources.ToJsonString();

    private void Put(string name, RemoteVersion version)
    {
        lock (_gate)
        {
            if (_known.GetValueOrDefault(name) != version)
                Volatile.Write(ref _known, _known.SetItem(name, version));
        }
    }
}

/// <summary>A version that another server serves, as aggregated discovery shows it.</summary>
/// <param name="Resources">A JSON array; empty for none.</param>
/// <param name="IsStale">Whether the server did not answer the last time.</param>
internal sealed record RemoteVersion(string Resources, bool IsStale)
{
    /// <summary>Of a server that was not asked yet.</summary>
    public static RemoteVersion Unknown { get; } = new("", IsStale: true);
}
