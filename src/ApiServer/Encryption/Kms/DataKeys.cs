namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>Data keys that the key service has decrypted, and, for a moment, those it has not: a service that hangs must not be waited for by each of a thousand values.</summary>
internal sealed class DataKeys(TimeProvider clock)
{
    private const int MaxCount = 1000;
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);
    private static readonly TimeSpan LifeOfFailure = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <exception cref="TransformException">The service could not decrypt it a moment ago.</exception>
    public DataKey? Find(string id)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(id, out var known))
                return null;
            if (known.Until <= clock.GetUtcNow())
            {
                _known.Remove(id);
                return null;
            }

            return known.Failure is null ? known.Key : throw new TransformException(known.Failure.Message, known.Failure) { Code = known.Failure.Code };
        }
    }

    public void Add(string id, DataKey key) => Keep(id, new(key, null, clock.GetUtcNow() + Life));

    public void AddFailure(string id, TransformException failure) => Keep(id, new(null, failure, clock.GetUtcNow() + LifeOfFailure));

    private void Keep(string id, Known known)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxCount && !_known.ContainsKey(id))
                _known.Remove(_known.MinBy(k => k.Value.Until).Key);
            _known[id] = known;
        }
    }

    private sealed record Known(DataKey? Key, TransformException? Failure, DateTimeOffset Until);
}

/// <summary>What values are encrypted with, and how its use is counted.</summary>
internal sealed record DataKey(ITransformer Cipher, KeyValuePair<string, object?>[] Reads);
