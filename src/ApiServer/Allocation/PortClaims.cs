using System.Globalization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Takes and frees node ports. A port that is taken is a key in the store, created once whichever server asks, and its value says who has it.
/// One key a port, for a map of all would be written by every server at every Service. Thread-safe.
/// </summary>
internal sealed class PortClaims(IStore store, ApiServerOptions options, Chance chance, TimeProvider clock)
{
    public const string Prefix = StoragePrefixes.Root + "ranges/servicenodeports/";
    public const string Taken = "provided port is already allocated";
    public const string Full = "range is full";

    private readonly Lock _gate = new();
    private readonly int _first = options.NodePortRange.First;
    private readonly int _last = options.NodePortRange.Last;

    /// <summary>Ports that need not be tried. What other servers take and free is learnt when a try fails and when all seem taken: the store alone decides.</summary>
    private HashSet<int> _known = [];

    public string Range => string.Create(CultureInfo.InvariantCulture, $"{_first}-{_last}");

    public string Foreign => $"provided port is not in the valid range. The range of valid ports is {Range}";

    public bool IsInRange(int port) => port >= _first && port <= _last;

    /// <returns>What speaks against it; <see langword="null"/> if the Service has it now.</returns>
    /// <exception cref="StoreException">It may or may not be taken.</exception>
    public async ValueTask<string?> ClaimAsync(Service service, int port, Effect effect)
    {
        if (!IsInRange(port))
            return Foreign;
        if (effect == Effect.None)
            return await store.FindAsync(KeyOf(port), CancellationToken.None) is null ? null : Taken;
        return await TryClaimAsync(service, port) ? null : Taken;
    }

    /// <summary>Takes a port that nobody has.</summary>
    /// <returns><see langword="null"/> if all are taken.</returns>
    /// <exception cref="StoreException">One may or may not be taken.</exception>
    public async ValueTask<int?> ClaimAnyAsync(Service service, Effect effect)
    {
        for (var isFresh = false; ; isFresh = true)
        {
            while (Candidate() is { } port)
            {
                if (effect == Effect.None || await TryClaimAsync(service, port))
                    return port;
            }

            if (isFresh)
                return null;
            await LoadAsync(CancellationToken.None);
        }
    }

    /// <summary>Frees a port, unless it has become another's.</summary>
    /// <exception cref="StoreException">It may still be taken.</exception>
    public async ValueTask ReleaseAsync(string uid, int port)
    {
        if (await store.FindAsync(KeyOf(port), CancellationToken.None) is { } entry && PortOwner.Decode(entry.Value).Uid == uid)
            await TryReleaseAsync(port, entry);
        else
            Forget(port);
    }

    /// <summary>Frees a port if it is still this claim.</summary>
    public async ValueTask<bool> TryReleaseAsync(int port, Entry claim)
    {
        var isFree = await store.TryDeleteAsync(claim.Key, claim.ModRevision, CancellationToken.None) is not null;
        if (isFree)
            Forget(port);
        return isFree;
    }

    /// <summary>Gives a claim that is still this one to another Service.</summary>
    public async ValueTask<bool> TryMendAsync(Entry claim, Service service) =>
        await store.TryPutAsync(claim.Key, PortOwner.Of(service, clock.GetUtcNow()).Encode(), claim.ModRevision, CancellationToken.None) is not null;

    public async ValueTask<bool> TryClaimAsync(Service service, int port)
    {
        var isMine = await store.TryPutAsync(KeyOf(port), PortOwner.Of(service, clock.GetUtcNow()).Encode(), 0, CancellationToken.None) is not null;
        lock (_gate)
            _known.Add(port);
        return isMine;
    }

    /// <summary>A port that was only looked at may be looked at again.</summary>
    public void Forget(int port)
    {
        lock (_gate)
            _known.Remove(port);
    }

    /// <summary>All claims there are, by port.</summary>
    public async ValueTask<Dictionary<int, Entry>> LoadAsync(CancellationToken ct)
    {
        var range = await store.RangeAsync(new(Prefix), ct);
        var claims = new Dictionary<int, Entry>(range.Entries.Count);
        foreach (var entry in range.Entries)
        {
            if (int.TryParse(entry.Key.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                claims[port] = entry;
        }

        lock (_gate)
            _known = [.. claims.Keys];
        return claims;
    }

    public static string KeyOf(int port) => Prefix + port.ToString(CultureInfo.InvariantCulture);

    /// <summary>A port to try, which no other caller will try meanwhile. The low part is left to wishes (KEP-3668).</summary>
    private int? Candidate()
    {
        var count = _last - _first + 1;
        var band = count <= 16 ? 0 : Math.Clamp(count / 32, 16, 128);
        lock (_gate)
            return Search_NeedsLock(_first + band, _last) ?? Search_NeedsLock(_first, _first + band - 1);
    }

    private int? Search_NeedsLock(int low, int high)
    {
        var count = high - low + 1;
        if (count <= 0)
            return null;

        var start = chance.Next(count);
        for (var i = 0; i < count; i++)
        {
            var port = low + ((start + i) % count);
            if (_known.Add(port))
                return port;
        }

        return null;
    }
}
