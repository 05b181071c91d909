using System.Text;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Several transformers, told apart by what a stored value begins with: the first writes, all read.</summary>
internal sealed class PrefixTransformers(IReadOnlyList<(string Prefix, ITransformer Transformer)> all) : ITransformer
{
    private readonly (byte[] Prefix, ITransformer Transformer)[] _all = [.. all.Select(t => (Encoding.UTF8.GetBytes(t.Prefix), t.Transformer))];

    public Plain Read(ReadOnlyMemory<byte> stored, string key)
    {
        TransformException? failure = null;
        for (var i = 0; i < _all.Length; i++)
        {
            var (prefix, transformer) = _all[i];
            if (!stored.Span.StartsWith(prefix))
                continue;
            try
            {
                var plain = transformer.Read(stored[prefix.Length..], key);
                return plain with { IsStale = plain.IsStale || i > 0 };
            }
            catch (TransformException e)
            {
                // The empty prefix of identity fits everything: its refusal says nothing about the cause. Two providers may have the same key name.
                if (prefix.Length > 0)
                    failure ??= e;
            }
        }

        throw failure ?? new TransformException("no matching prefix found");
    }

    public byte[] Write(ReadOnlyMemory<byte> value, string key) => [.. _all[0].Prefix, .. _all[0].Transformer.Write(value, key)];
}
