namespace KubeSharp.ApiServer.Fairness;

/// <summary>Numbers of flows that were asked for lately: most requests come from few, and a SHA-256 a request is dear.</summary>
/// <remarks>Of fixed size: flows that fall on one place take it from each other, which costs time and nothing else. The places are chosen by
/// .NET's randomized hash, so that no client can arrange for it.</remarks>
internal sealed class FlowHashes
{
    private const int Places = 1024;
    private readonly Entry?[] _places = new Entry?[Places];

    public ulong Of(string schema, string distinguisher)
    {
        ref var place = ref _places[HashCode.Combine(schema, distinguisher) & (Places - 1)];
        if (Volatile.Read(ref place) is { } entry && entry.Distinguisher == distinguisher && entry.Schema == schema)
            return entry.Hash;

        entry = new(schema, distinguisher, FlowMatch.Hash(schema, distinguisher));
        Volatile.Write(ref place, entry);
        return entry.Hash;
    }

    private sealed record Entry(string Schema, string Distinguisher, ulong Hash);
}
