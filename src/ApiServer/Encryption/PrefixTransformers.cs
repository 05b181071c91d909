using System.Text;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Several transformers, told apart by what a stored value begins with: the first writes, all read.</summary>
/// <param name="nothingFits">What is said of a value that none of them wrote.</param>
internal sealed class PrefixTransformers(IEnumerable<Provider> all, string nothingFits = "no matching prefix found", TransformationMetrics? metrics = null) : ITransformer
{
    private readonly (byte[] Prefix, string Name, ITransformer Transformer)[] _all = [.. all.Select(p => (Encoding.UTF8.GetBytes(p.Prefix), p.Prefix, p.Transformer))];

    public async ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct)
    {
        TransformException? failure = null;
        for (var i = 0; i < _all.Length; i++)
        {
            var (prefix, name, transformer) = _all[i];
            if (!stored.Span.StartsWith(prefix))
                continue;

            var began = metrics?.Begin() ?? 0;
            try
            {
                var plain = await transformer.ReadAsync(stored[prefix.Length..], key, ct);
                metrics?.Read(name, began);
                return plain with { IsStale = plain.IsStale || i > 0 };
            }
            catch (TransformException e)
            {
                // The empty prefix of identity fits everything: its refusal says nothing about the cause. Two providers may have the same key name.
                if (prefix.Length == 0)
                    continue;
                metrics?.CouldNotRead(name, e.Code);
                failure ??= e;
            }
        }

        if (failure is null)
            metrics?.CouldNotRead("unknown", "unknown-non-grpc");
        throw failure ?? new TransformException(nothingFits);
    }

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key)
    {
        var (own, name, transformer) = _all[0];
        var began = metrics?.Begin() ?? 0;
        try
        {
            var stored = transformer.Write([.. prefix, .. own], value, key);
            metrics?.Written(name, began);
            return stored;
        }
        catch (TransformException e)
        {
            metrics?.CouldNotWrite(name, e.Code);
            throw;
        }
    }
}

/// <summary>A transformer and what its values begin with; nothing for values as they are.</summary>
internal readonly record struct Provider(string Prefix, ITransformer Transformer);
