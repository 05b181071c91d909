using KubeSharp.Store;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>A store that fails where a test wants it to.</summary>
internal sealed class FaultyStore(IStore inner) : ForwardingStore(inner)
{
    /// <summary>Which keys cannot be written.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Which keys are written although the writer is told otherwise.</summary>
    public Func<string, bool> WritesSecretly { get; set; } = _ => false;

    /// <summary>The keys of all writes that were tried.</summary>
    public List<string> Tried { get; } = [];

    public override async ValueTask<long?> TryPutAsync(string key, ReadOnlyMemory<byte> value, long expected, CancellationToken ct)
    {
        Fail(key);
        var revision = await base.TryPutAsync(key, value, expected, ct);
        return WritesSecretly(key) ? throw new StoreException("the answer was lost") : revision;
    }

    public override ValueTask<long?> TryDeleteAsync(string key, long expected, CancellationToken ct)
    {
        Fail(key);
        return base.TryDeleteAsync(key, expected, ct);
    }

    private void Fail(string key)
    {
        lock (Tried)
            Tried.Add(key);
        if (Refuses(key))
            throw new StoreException("the disk is full");
    }
}
