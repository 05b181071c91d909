using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>A resource, or one of its subresources that take the whole object.</summary>
/// <param name="view">The resource of the request, which may be another form of the one that is stored.</param>
/// <param name="find">A resource by group, version and plural, or <see langword="null"/>.</param>
internal sealed class ResourceScope(ServedResource view, string subresource, Func<string, string, string, ServedResource?> find)
    : FieldScope(view.Type.ApiVersion, view.Type.Kind, view.Kind.Codec.Schema, subresource)
{
    private readonly Func<FieldSet, FieldSet> _filter = ResetFields.Of(view, subresource);
    private ReadOnlyMemory<byte> _nothing;

    public ServedResource View { get; } = view;

    /// <remarks>To decode a custom resource is to set its defaults, which are its creator's, as upstream has it; and unlike Go's it has no fields that are always there.</remarks>
    public override ReadOnlyMemory<byte> Nothing =>
        !_nothing.IsEmpty ? _nothing : _nothing = View.Custom is null ? Json.EncodeObject(View.Kind.Codec.Decode("{}"u8, DecodeContext.Lenient)) : """{"metadata":{}}"""u8.ToArray();

    private ServedResource Stored => View.StoredForm?.Resource ?? View;

    public override FieldSet Filter(FieldSet set) => _filter(set);

    /// <summary>An object in the stored form, as this version encodes it.</summary>
    public ReadOnlyMemory<byte> Encode(IObject stored) => Json.EncodeObject(View.StoredForm is { } form ? form.FromStored(stored) : stored);

    public override FieldDocument? Convert(FieldDocument document, string apiVersion)
    {
        if (document.ApiVersion == apiVersion)
            return document;
        if (Version(document.ApiVersion) is not { } from || Version(apiVersion) is not { } to)
            return null;

        var obj = from.Kind.Codec.Decode(document.Json.Span, DecodeContext.Lenient);
        var stored = from.StoredForm is { } form ? form.ToStored(obj) : obj;
        return new(apiVersion, to.Kind.Codec.Schema, Json.EncodeObject(to.StoredForm is { } other ? other.FromStored(stored) : stored));
    }

    private ServedResource? Version(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
        return find(group, version, View.Type.Plural) is { } resource && ReferenceEquals(resource.StoredForm?.Resource ?? resource, Stored) ? resource : null;
    }
}
