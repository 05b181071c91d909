using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.Pods;

/// <summary>Adopting and releasing: only the reference is patched, fenced by the object's UID.</summary>
internal static class Ownership
{
    /// <summary>What belongs to the owner, after adopting what matches and releasing what no longer does.</summary>
    /// <param name="owned">What names this owner as its controller.</param>
    /// <param name="candidates">What may be adopted, beside others.</param>
    public static async Task<List<T>> ClaimAsync<T, TOwner>(
        IClient client, TOwner owner, Selector selector, IEnumerable<T> owned, IEnumerable<T> candidates, CancellationToken ct)
        where T : class, IObject<T>
        where TOwner : class, IObject<TOwner>
    {
        var isGoing = owner.Metadata.DeletionTimestamp is not null;
        var mine = new List<T>();
        foreach (var obj in owned)
        {
            if (selector.Matches(obj.Metadata.Labels))
                mine.Add(obj);
            else if (!isGoing)
                await ReleaseAsync(client, obj, owner.Metadata.Uid, ct);
        }

        // An owner that selects everything would take what others are about to own.
        if (isGoing || selector.IsEverything)
            return mine;

        foreach (var obj in candidates)
        {
            if (obj.Metadata.Controller() is null && obj.Metadata.DeletionTimestamp is null && selector.Matches(obj.Metadata.Labels)
                && await AdoptAsync(client, obj, owner, ct) is { } adopted)
                mine.Add(adopted);
        }

        return mine;
    }

    /// <summary>
    /// Whether the owner may get new dependents. Asks the server: the cache may still show one that is being deleted, or another of the same name,
    /// and what is created then outlives a deletion that was to take everything along.
    /// </summary>
    public static async Task<bool> StaysAsync<TOwner>(IClient client, TOwner owner, CancellationToken ct)
        where TOwner : class, IObject<TOwner> =>
        await client.FindAsync<TOwner>(ObjectKey.Of(owner), ct) is { Metadata.DeletionTimestamp: null } fresh && fresh.Metadata.Uid == owner.Metadata.Uid;

    /// <returns>The object as it is now, or <see langword="null"/> if it could not be adopted.</returns>
    private static async Task<T?> AdoptAsync<T, TOwner>(IClient client, T obj, TOwner owner, CancellationToken ct)
        where T : class, IObject<T>
        where TOwner : class, IObject<TOwner>
    {
        if (!await StaysAsync(client, owner, ct))
            return null;

        var reference = JsonNode.Parse(Json.Encode(owner.ControllerReference()))!;
        return await PatchAsync(client, obj, reference, ct);
    }

    private static Task<T?> ReleaseAsync<T>(IClient client, T obj, string ownerUid, CancellationToken ct)
        where T : class, IObject<T> =>
        PatchAsync(client, obj, new JsonObject { ["$patch"] = "delete", ["uid"] = ownerUid }, ct);

    private static async Task<T?> PatchAsync<T>(IClient client, T obj, JsonNode reference, CancellationToken ct)
        where T : class, IObject<T>
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = obj.Metadata.Uid, ["ownerReferences"] = new JsonArray(reference) },
        };
        try
        {
            return await client.PatchAsync<T>(ObjectKey.Of(obj), Patch.Strategic(body.ToJsonString()), "", ct);
        }
        catch (ApiException e) when (e.IsNotFound || e.Code == 422)
        {
            return null; // gone, or another object by now: nothing to own
        }
    }
}
