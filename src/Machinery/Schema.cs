using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>The JSON types a schema distinguishes. <see cref="IntOrString"/> and <see cref="Quantity"/> accept both.</summary>
public enum SchemaType
{
    /// <summary>Anything: RawExtension, or a CRD field that preserves unknown fields.</summary>
    Any,
    Object,
    Map,
    List,
    Text,
    Integer,
    Number,
    Boolean,
    IntOrString,
    Quantity,
}

/// <summary>How server-side apply and merging see a list (<c>x-kubernetes-list-type</c>).</summary>
public enum ListKind
{
    Atomic,
    Set,
    Map,
}

/// <summary>
/// A node of the schema tree: one algorithm for strict decoding, pruning, defaults, patches, apply, OpenAPI and explain,
/// whether the tree was generated from the tables of <c>api/</c> or came out of a CustomResourceDefinition.
/// </summary>
/// <remarks>Immutable. Trees may be cyclic (JSONSchemaProps): children are reached through lazy members.</remarks>
public sealed class Schema(SchemaType type)
{
    private Func<IReadOnlyList<SchemaField>>? _fields;
    private IReadOnlyDictionary<string, SchemaField>? _byName;

    public SchemaType Type { get; } = type;

    /// <summary>OpenAPI's name of a named struct (<c>io.k8s.api.core.v1.PodSpec</c>); empty for anonymous nodes.</summary>
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>OpenAPI's format: <c>int32</c>, <c>int64</c>, <c>date-time</c>, <c>byte</c>; empty otherwise.</summary>
    public string Format { get; init; } = "";

    /// <summary>The element of a list or the value of a map; of an object, what a field may be that it does not declare (null: there may be none).</summary>
    public Schema? Element => ElementOf?.Invoke();

    public Func<Schema>? ElementOf { get; init; }

    /// <summary>The fields of an object, in wire order.</summary>
    public IReadOnlyList<SchemaField> Fields => _fields?.Invoke() ?? [];

    public Func<IReadOnlyList<SchemaField>> FieldsOf
    {
        init
        {
            var lazy = new Lazy<IReadOnlyList<SchemaField>>(value);
            _fields = () => lazy.Value;
        }
    }

    /// <summary>A struct or map that server-side apply owns as a whole.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>How a list is merged that is no field's value: a list in a list or in a map.</summary>
    public ListKind ListKind { get; init; }

    /// <summary>With <see cref="ListKind"/>: the fields that identify an item of a <see cref="Machinery.ListKind.Map"/>.</summary>
    public IReadOnlyList<string> MapKeys { get; init; } = [];

    /// <summary>An object that may hold fields beyond <see cref="Fields"/>: they are kept, unread.</summary>
    public bool PreservesUnknown { get; init; }

    /// <summary>OpenAPI's own text of the node (v3), where that says more than the tree: a custom resource as its author described it.</summary>
    public JsonObject? Document { get; init; }

    public SchemaField? Find(string name)
    {
        _byName ??= Fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
        return _byName.GetValueOrDefault(name);
    }
}

/// <summary>A field of an object schema, with what the tables say about merging it.</summary>
public sealed record SchemaField(string Name, Schema Schema)
{
    public string Description { get; init; } = "";

    public bool IsRequired { get; init; }

    /// <summary>Go writes the field even when it is empty (no <c>omitempty</c>).</summary>
    public bool IsAlwaysWritten { get; init; }

    /// <summary>Strategic merge: the list is merged item by item, not replaced.</summary>
    public bool IsMerged { get; init; }

    /// <summary>Strategic merge: fields of the union that the patch does not name are cleared.</summary>
    public bool RetainsKeys { get; init; }

    /// <summary>Strategic merge: the field that identifies an item; empty for lists of scalars.</summary>
    public string MergeKey { get; init; } = "";

    public ListKind ListKind { get; init; }

    /// <summary>The fields that identify an item of a <see cref="ListKind.Map"/>.</summary>
    public IReadOnlyList<string> MapKeys { get; init; } = [];

    /// <summary>Whether server-side apply owns this struct or map as a whole; null: as its own schema says.</summary>
    public bool? IsAtomic { get; init; }

    /// <summary>A static default, or <see langword="null"/>.</summary>
    public JsonNode? Default { get; init; }
}
