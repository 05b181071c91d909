using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>What aggregated servers say of their objects' form. The documents of v3 stay with them and are passed on; those of v2 are merged here.</summary>
internal sealed class RemoteOpenApi(RemoteClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Identity Reader = new("system:aggregator", []);

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, RemoteSpec> _known = ImmutableDictionary<string, RemoteSpec>.Empty;

    public static UpkeepTimes Times { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>By APIService. The same instance until something changes.</summary>
    public ImmutableDictionary<string, RemoteSpec> Known => Volatile.Read(ref _known);

    /// <exception cref="IOException">The server did not answer; what it said before stays.</exception>
    /// <exception cref="JsonException">Its answer is no JSON.</exception>
    public async Task<bool> FetchAsync(RemoteApi api, CancellationToken ct)
    {
        var before = Known.GetValueOrDefault(api.Name);
        var index = await GetAsync(api, "/openapi/v3", "", ct);
        var second = await GetAsync(api, "/openapi/v2", before?.SecondTag ?? "", ct);
        var made = new RemoteSpec(
            ((Parse(index) as JsonObject)?["paths"] as JsonObject)?[api.Path[1..]] is JsonObject entry ? entry.ToJsonString() : "",
            second.Code == 304 ? before!.Second : second.Code == 404 ? "" : Filter(second.Body, api.Path + "/"),
            second.Head.Header("ETag"));
        lock (_gate)
        {
            if (_known.GetValueOrDefault(api.Name) != made)
                Volatile.Write(ref _known, _known.SetItem(api.Name, made));
        }

        return true;
    }

    public ValueTask ForgetAsync(string name)
    {
        lock (_gate)
            Volatile.Write(ref _known, _known.Remove(name));
        return ValueTask.CompletedTask;
    }

    /// <summary>A server need not have the document.</summary>
    private static JsonNode? Parse(RemoteReply reply) => reply.Code == 404 ? null : JsonNodes.Parse(reply.Body, DecodeContext.Lenient);

    /// <summary>What of a document of v2 is about paths with this prefix; empty if it is no document.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    internal static string Filter(ReadOnlySpan<byte> json, string prefix) =>
        JsonNodes.Parse(json, DecodeContext.Lenient) is JsonObject whole ? SecondMerge.Filter(whole, prefix).ToJsonString() : "";

    private async Task<RemoteReply> GetAsync(RemoteApi api, string path, string tag, CancellationToken ct)
    {
        List<(string, string)> headers = [("Accept", "application/json")];
        if (tag.Length > 0)
            headers.Add(("If-None-Match", tag));
        var reply = await client.GetAsync(api, path, Reader, Patience, ct, headers);
        return reply.Code is 200 or 404 || (reply.Code == 304 && tag.Length > 0) ? reply : throw new IOException($"failed to retrieve openAPI spec, http error: {reply.Code}");
    }
}

/// <summary>An aggregated server's OpenAPI for one group version.</summary>
/// <param name="ThirdIndex">Its entry in the index of v3: a JSON object; empty if it has no such document.</param>
/// <param name="Second">What of its v2 document is about the group version; empty if it has none.</param>
internal sealed record RemoteSpec(string ThirdIndex, string Second, string SecondTag);
