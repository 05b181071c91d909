using System.Text.Json;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Kinds.ApiExtensions;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>A custom resource with all its versions: which of them is stored, and how an object of one is shown as another.</summary>
/// <remarks>Immutable but for its gate; a changed definition makes a new one.</remarks>
internal sealed class CustomResource
{
    private static readonly string[] Verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    private readonly IConverter _converter;
    private readonly Dictionary<string, ServedResource> _byVersion;

    public CustomResource(CustomResourceDefinition definition, IConverter converter, CreationGate creations)
    {
        var spec = definition.Spec;
        _converter = converter;
        Creations = creations;
        Prefix = $"{StoragePrefixes.Root}{spec.Group}/{spec.Names.Plural}/";
        _byVersion = spec.Versions.ToDictionary(v => v.Name, v => Make(definition, v));
        Storage = _byVersion[spec.Versions.First(v => v.Storage).Name];
        Served = [.. spec.Versions.Where(v => v.Served).Select(v => _byVersion[v.Name])];
    }

    /// <summary>Where its objects are in the store, whatever their version.</summary>
    public string Prefix { get; }

    /// <summary>The version in which objects are written.</summary>
    public ServedResource Storage { get; }

    public IReadOnlyList<ServedResource> Served { get; }

    public CreationGate Creations { get; }

    /// <summary>Whether versions are converted without a webhook.</summary>
    public bool IsLocal => _converter.IsLocal;

    /// <summary>What the store has: of which version it is, and its bytes in order.</summary>
    /// <exception cref="DecodeException">The bytes are not JSON.</exception>
    public (ServedResource Resource, ReadOnlyMemory<byte> Json) Read(ReadOnlyMemory<byte> stored)
    {
        var apiVersion = VersionOf(stored.Span);
        var own = _byVersion.GetValueOrDefault(apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]) ?? Storage;
        return (own, ((UnstructuredCodec)own.Kind.Codec).Normalize(stored, apiVersion));
    }

    /// <summary>An object as another version shows it, if that needs nobody's help.</summary>
    public IObject? TryConvert(IObject obj, ServedResource to) => _converter.IsLocal ? ((UnstructuredCodec)to.Kind.Codec).Adopt((Unstructured)obj) : null;

    /// <exception cref="ApiException">500: the webhook failed.</exception>
    public async ValueTask<IReadOnlyList<IObject>> ConvertAsync(IReadOnlyList<IObject> objects, ServedResource to, CancellationToken ct)
    {
        if (_converter.IsLocal)
            return [.. objects.Select(o => TryConvert(o, to)!)];

        var codec = (UnstructuredCodec)to.Kind.Codec;
        var converted = await _converter.ConvertAsync([.. objects.Cast<Unstructured>()], to.Type, ct);
        return [.. converted.Select(codec.Adopt)];
    }

    /// <summary>An object of any version in the form that is written to the store.</summary>
    public async ValueTask<IObject> ToStorageAsync(ServedResource resource, IObject obj, CancellationToken ct) =>
        resource.Type.Version == Storage.Type.Version ? obj : (await ConvertAsync([obj], Storage, ct))[0];

    private ServedResource Make(CustomResourceDefinition definition, CustomResourceDefinitionVersion version)
    {
        var (spec, names) = (definition.Spec, definition.Status.AcceptedNames);
        var storage = spec.Versions.First(v => v.Storage).Name;
        var type = new ResourceType(spec.Group, version.Name, spec.Names.Kind, spec.Names.Plural, spec.Scope == "Namespaced")
        {
            Singular = names.Singular,
            ShortNames = names.ShortNames,
            Categories = names.Categories,
            Verbs = Verbs,
            StorageVersionHash = StorageVersions.Hash(spec.Group, storage, spec.Names.Kind),
        };
        var schema = DefinitionSchemas.Of(version) ?? JsonSchema.Empty;
        var preservesUnknown = spec.PreserveUnknownFields || version.Schema?.OpenAPIV3Schema is null;
        var hasStatus = version.Subresources?.Status is not null;
        var tree = SchemaTrees.OfObject(schema, PublishedSchema.NameOf(type), PublishedSchema.Of(schema, preservesUnknown));
        var codec = new UnstructuredCodec(type, schema, tree, preservesUnknown, hasStatus);
        var kind = new CustomKind(codec, schema, version, Creations) { DeprecationWarning = Deprecations.Warning(spec, version) };
        return new(type, kind, Prefix) { Custom = this, Subresources = SubresourcesOf(type, version.Subresources) };
    }

    private static Dictionary<string, ResourceType> SubresourcesOf(ResourceType type, CustomResourceSubresources? subresources)
    {
        var bare = type with { Singular = "", ShortNames = [], Categories = [], StorageVersionHash = "", Verbs = SubresourceVerbs };
        var made = new Dictionary<string, ResourceType>();
        if (subresources?.Status is not null)
            made["status"] = bare with { Subresource = "status" };
        if (subresources?.Scale is not null)
            made["scale"] = bare with { Subresource = "scale", Kind = "Scale", ResponseGroup = "autoscaling", ResponseVersion = "v1" };
        return made;
    }

    private static string VersionOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Json.ReaderOptions);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isVersion = reader.ValueTextEquals("apiVersion"u8);
                reader.Read();
                if (isVersion && reader.TokenType == JsonTokenType.String)
                    return reader.GetString()!;
                reader.Skip();
            }

            return "";
        }
        catch (JsonException e)
        {
            throw new DecodeException("the stored bytes are not JSON", e);
        }
    }
}
