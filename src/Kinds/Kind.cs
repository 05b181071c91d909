using System.Globalization;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds;

/// <summary>What happens to an object's dependents when a deletion does not say.</summary>
public enum Dependents
{
    Background,
    Orphan,
}

/// <summary>
/// All the API server knows about a kind beyond its names and fields. The rules are pure functions; a kind without rules of its own is
/// a plain <see cref="Kind"/>, which does what upstream's generic strategy does.
/// </summary>
/// <remarks>
/// Order on create: <see cref="ApplyDefaults"/>, <see cref="PrepareForCreate"/>, <see cref="Validate"/>. On update: defaults,
/// <see cref="PrepareForUpdate"/>, <see cref="ValidateUpdate"/>. On the status subresource: defaults, <see cref="PrepareForStatusUpdate"/>,
/// <see cref="ValidateStatusUpdate"/>. Rules of object metadata are the server's, not the kind's.
/// </remarks>
public class Kind(ObjectCodec codec)
{
    private static readonly HashSet<string> WithGeneration =
    [
        "Pod", "ReplicationController", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "CronJob", "Job", "PodDisruptionBudget",
        "Ingress", "IngressClass", "NetworkPolicy", "FlowSchema", "PriorityLevelConfiguration", "CustomResourceDefinition", "APIService",
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "EndpointSlice", "CSIDriver", "ResourceSlice",
    ];

    private static readonly HashSet<string> WithFixedMetadata =
    [
        "CustomResourceDefinition", "APIService", "FlowSchema", "PriorityLevelConfiguration", "ValidatingAdmissionPolicy", "ServiceCIDR", "ResourceClaim",
        "VolumeAttachment",
    ];

    public ObjectCodec Codec { get; } = codec;

    public ResourceType Type => Codec.Type;

    /// <summary>Whether a write of something other than metadata and status counts up <c>metadata.generation</c>.</summary>
    public virtual bool TracksGeneration => WithGeneration.Contains(Type.Kind);

    /// <summary>Whether a write of the status changes labels, annotations, finalizers and owners, too.</summary>
    public virtual bool StatusTakesMetadata => !WithFixedMetadata.Contains(Type.Kind);

    /// <summary>Whether PUT of a name that is not there creates it.</summary>
    public virtual bool CreatesOnUpdate => false;

    /// <summary>Whether PUT without a resourceVersion overwrites whatever is there.</summary>
    public virtual bool UpdatesUnconditionally => true;

    public virtual Dependents DefaultDependents => Dependents.Background;

    /// <summary>Rules of <c>metadata.name</c>; each yields what is wrong.</summary>
    public virtual IEnumerable<string> ValidateName(string name) => NameRules.Dns1123Subdomain(name);

    /// <summary>Fields by which the kind can be selected, beyond metadata.name and metadata.namespace; null where there are none.</summary>
    public virtual IReadOnlyDictionary<string, string>? SelectableFields(IObject obj) => null;

    /// <summary>The names of <see cref="SelectableFields"/>; others are refused.</summary>
    public virtual IReadOnlyCollection<string> FieldNames => [];

    public virtual IObject ApplyDefaults(IObject obj) => obj;

    /// <summary>Clears what a client may not set; fills what creation sets.</summary>
    public virtual IObject PrepareForCreate(IObject obj) => obj.WithStatusOf(null);

    /// <summary>Keeps what an update may not touch.</summary>
    public virtual IObject PrepareForUpdate(IObject old, IObject obj) => obj.WithStatusOf(old);

    /// <summary>Takes the status and, where the kind lets it, what is writable of the metadata.</summary>
    public virtual IObject PrepareForStatusUpdate(IObject old, IObject obj) =>
        old.CopyWith(StatusTakesMetadata ? old.Metadata.WithWritableOf(obj.Metadata) : old.Metadata.WithVersionOf(obj.Metadata)).WithStatusOf(obj);

    public virtual void Validate(IObject obj, Findings findings)
    {
    }

    public virtual void ValidateUpdate(IObject old, IObject obj, Findings findings) => Validate(obj, findings);

    public virtual void ValidateStatusUpdate(IObject old, IObject obj, Findings findings)
    {
    }

    /// <summary>How long the object lives on after a DELETE, in seconds; null for kinds that vanish at once.</summary>
    /// <param name="asked">What the DELETE asked for; null for the object's own wish.</param>
    public virtual long? DeletionGrace(IObject obj, long? asked) => null;

    /// <summary>The columns of the Table, from <c>api/printers.tsv</c>; Name and Created At for kinds that have none there.</summary>
    public virtual IReadOnlyList<PrinterColumn> Columns => field ??= ApiCatalog.Columns(Type.Kind, Type.ApiVersion) is { Count: > 0 } own
        ? own
        : [new("Name", "string", "name", 0), new("Age", "string", "", 0)];

    /// <summary>The cells of a Table row, in the order of <see cref="Columns"/>: string, long, bool or null.</summary>
    public virtual IReadOnlyList<object?> Cells(IObject obj, DateTimeOffset now) =>
        [.. Columns.Select((c, i) => i == 0 ? obj.Metadata.Name : c.Name switch
        {
            "Age" => Ages.Of(obj.Metadata.CreationTimestamp, now),
            "Created At" => obj.Metadata.CreationTimestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => null,
        })];
}

/// <inheritdoc cref="Kind"/>
public abstract class Kind<T>() : Kind(new ObjectCodec<T>())
    where T : class, IObject<T>
{
    public virtual IReadOnlyDictionary<string, string>? SelectableFields(T obj) => null;

    public virtual T ApplyDefaults(T obj) => obj;

    public virtual T PrepareForCreate(T obj) => (T)base.PrepareForCreate(obj);

    public virtual T PrepareForUpdate(T old, T obj) => (T)base.PrepareForUpdate(old, obj);

    public virtual T PrepareForStatusUpdate(T old, T obj) => (T)base.PrepareForStatusUpdate(old, obj);

    public virtual void Validate(T obj, Findings findings)
    {
    }

    public virtual void ValidateUpdate(T old, T obj, Findings findings) => Validate(obj, findings);

    public virtual void ValidateStatusUpdate(T old, T obj, Findings findings)
    {
    }

    public virtual long? DeletionGrace(T obj, long? asked) => null;

    public virtual IReadOnlyList<object?> Cells(T obj, DateTimeOffset now) => base.Cells(obj, now);

    public sealed override IReadOnlyDictionary<string, string>? SelectableFields(IObject obj) => SelectableFields((T)obj);

    public sealed override IObject ApplyDefaults(IObject obj) => ApplyDefaults((T)obj);

    public sealed override IObject PrepareForCreate(IObject obj) => PrepareForCreate((T)obj);

    public sealed override IObject PrepareForUpdate(IObject old, IObject obj) => PrepareForUpdate((T)old, (T)obj);

    public sealed override IObject PrepareForStatusUpdate(IObject old, IObject obj) => PrepareForStatusUpdate((T)old, (T)obj);

    public sealed override void Validate(IObject obj, Findings findings) => Validate((T)obj, findings);

    public sealed override void ValidateUpdate(IObject old, IObject obj, Findings findings) => ValidateUpdate((T)old, (T)obj, findings);

    public sealed override void ValidateStatusUpdate(IObject old, IObject obj, Findings findings) => ValidateStatusUpdate((T)old, (T)obj, findings);

    public sealed override long? DeletionGrace(IObject obj, long? asked) => DeletionGrace((T)obj, asked);

    public sealed override IReadOnlyList<object?> Cells(IObject obj, DateTimeOffset now) => Cells((T)obj, now);
}
