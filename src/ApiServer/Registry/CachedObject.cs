namespace KubeSharp.ApiServer.Registry;

/// <summary>One version of an object as the watch cache keeps it: final bytes, and what selection needs, parsed once per write.</summary>
public abstract class CachedObject
{
    public abstract ServedResource Resource { get; }

    public abstract ObjectKey Key { get; }

    /// <summary>The version: the store's revision of the write (or of the deletion).</summary>
    public abstract long Revision { get; }

    /// <summary>The whole object as UTF-8 JSON, kind, apiVersion and metadata.resourceVersion included. Handed on unread.</summary>
    public abstract ReadOnlyMemory<byte> Json { get; }

    /// <summary>Its metadata as it stands in <see cref="Json"/>: a part of those bytes, found without decoding them.</summary>
    internal ReadOnlyMemory<byte> MetadataJson => StoredJson.Metadata(Json);

    /// <summary>The object decoded, with its resourceVersion; on first use, then kept.</summary>
    public abstract IObject Object { get; }

    public abstract IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>What field selectors see: metadata.name, metadata.namespace and the kind's own fields.</summary>
    public abstract IReadOnlyDictionary<string, string> Fields { get; }
}
