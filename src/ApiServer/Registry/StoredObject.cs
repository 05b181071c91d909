using System.Globalization;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Registry;

/// <summary>A version of an object out of the store. Immutable but for what is decoded on first use.</summary>
internal sealed class StoredObject : CachedObject
{
    private readonly byte[] _json;
    private IObject? _object;
    private IReadOnlyDictionary<string, string>? _fields;
    private StoredObject? _view;

    private StoredObject(ServedResource resource, ObjectKey key, string storageKey, long revision, byte[] json, IReadOnlyDictionary<string, string> labels)
    {
        (Resource, Key, StorageKey, Revision, _json, Labels) = (resource, key, storageKey, revision, json, labels);
    }

    public override ServedResource Resource { get; }

    public override ObjectKey Key { get; }

    public string StorageKey { get; }

    public override long Revision { get; }

    public override ReadOnlyMemory<byte> Json => _json;

    public override IReadOnlyDictionary<string, string> Labels { get; }

    // Two threads may decode at the same time; either result is as good.
    public override IObject Object => _object ??= Resource.Kind.Codec.Decode(_json, DecodeContext.Lenient);

    public override IReadOnlyDictionary<string, string> Fields => _fields ??= ReadFields();

    /// <exception cref="DecodeException">The bytes are not JSON.</exception>
    public static StoredObject Read(ServedResource resource, Entry entry)
    {
        var key = KeyOf(resource, entry.Key);
        if (resource.Custom is not { } custom)
            return Of(resource, key, entry.Key, entry.ModRevision, entry.Value.Span);

        // A custom resource may lie in the store in any of its versions.
        var (own, json) = custom.Read(entry.Value);
        return Of(own, key, entry.Key, entry.ModRevision, json.Span);
    }

    /// <param name="revision">0 for what is not stored (a dry run).</param>
    public static StoredObject Of(ServedResource resource, ObjectKey key, string storageKey, long revision, ReadOnlySpan<byte> json)
    {
        var spliced = StoredJson.Splice(json, revision, out var labels);
        return new(resource, key, storageKey, revision, spliced, labels);
    }

    /// <summary>This version as another resource that is stored in the form of this one shows it.</summary>
    /// <remarks>Custom resources that are converted by a webhook must have been, by <see cref="Views"/>.</remarks>
    public StoredObject As(ServedResource view)
    {
        if (KnownAs(view) is { } known)
            return known;

        var obj = view.Custom is { } custom
            ? custom.TryConvert(Object, view) ?? throw ApiException.Internal($"{Resource.Type.Kind} {Key} was not converted to {view.Type.ApiVersion}")
            : view.StoredForm!.FromStored(Object);
        return ShownAs(view, obj);
    }

    /// <summary>The view, if it is there already.</summary>
    public StoredObject? KnownAs(ServedResource view)
    {
        if (ReferenceEquals(view, Resource) || (view.Custom is not null && view.Type.Version == Resource.Type.Version))
            return this;
        return _view is { } known && ReferenceEquals(known.Resource, view) ? known : null;
    }

    /// <summary>Keeps a view that was made elsewhere.</summary>
    public StoredObject ShownAs(ServedResource view, IObject obj) =>
        _view = new(view, Key, StorageKey, Revision, Machinery.Json.EncodeObject(obj), Labels) { _object = obj, Origin = this };

    /// <summary>What lies in the store, if this is a view of it.</summary>
    public StoredObject? Origin { get; private init; }

    /// <summary>This state at a later version: what a client is told of an object that left its selection.</summary>
    public StoredObject At(long revision)
    {
        var obj = Object.CopyWith(Object.Metadata with { ResourceVersion = revision.ToString(CultureInfo.InvariantCulture) });
        return new(Resource, Key, StorageKey, revision, Machinery.Json.EncodeObject(obj), Labels) { _object = obj };
    }

    public static ObjectKey KeyOf(ServedResource resource, string storageKey)
    {
        var rest = storageKey[resource.StoragePrefix.Length..];
        var slash = resource.Type.Namespaced ? rest.IndexOf('/', StringComparison.Ordinal) : -1;
        return slash < 0 ? new("", rest) : new(rest[..slash], rest[(slash + 1)..]);
    }

    private Dictionary<string, string> ReadFields()
    {
        var fields = new Dictionary<string, string> { ["metadata.name"] = Key.Name, ["metadata.namespace"] = Key.Namespace };
        if (Resource.Kind.FieldNames.Count > 0 && Resource.Kind.SelectableFields(Object) is { } own)
        {
            foreach (var (name, value) in own)
                fields[name] = value;
        }

        return fields;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resource.Type.Kind} {Key} @{Revision}");
}
