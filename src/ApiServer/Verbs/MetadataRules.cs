using System.Text;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The rules of object metadata, the same for every kind (apimachinery's <c>ValidateObjectMeta</c>).</summary>
internal static class MetadataRules
{
    private const int MaxAnnotationBytes = 256 * 1024;
    private const int MaxManager = 128;
    private const string Immutable = "field is immutable";

    private static readonly string[] UnqualifiedFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

    public static void Validate(ServedResource resource, ObjectMeta metadata, Findings findings)
    {
        ValidateName(resource, metadata, findings);
        ValidateNamespace(resource, metadata, findings);
        if (metadata.Generation < 0)
            findings.Invalid("metadata.generation", metadata.Generation, "must be greater than or equal to 0");
        ValidateMaps(metadata, findings);
        ValidateOwners(metadata.OwnerReferences, findings);
        ValidateFinalizers(resource, metadata.Finalizers, findings);
        ValidateManagers(metadata.ManagedFields, findings);
    }

    /// <summary>What a client may leave out of an update is the old value; nothing takes a deletion back.</summary>
    public static ObjectMeta Inherit(ObjectMeta old, ObjectMeta posted) => posted with
    {
        Name = posted.Name.Length == 0 ? old.Name : posted.Name,
        Namespace = posted.Namespace.Length == 0 ? old.Namespace : posted.Namespace,
        Uid = posted.Uid.Length == 0 ? old.Uid : posted.Uid,
        SelfLink = "",
        Generation = old.Generation,
        CreationTimestamp = old.CreationTimestamp ?? posted.CreationTimestamp,
        DeletionTimestamp = old.DeletionTimestamp is { } deleted ? deleted : posted.DeletionTimestamp,
        DeletionGracePeriodSeconds = old.DeletionGracePeriodSeconds is { } grace ? posted.DeletionGracePeriodSeconds ?? grace : posted.DeletionGracePeriodSeconds,
    };

    /// <summary>The metadata with each owner once, as upstream has it since 1.20; who named one twice is told.</summary>
    public static ObjectMeta WithOwnersOnce(ObjectMeta metadata, Action<string> warn)
    {
        var owners = metadata.OwnerReferences;
        if (owners.Count < 2)
            return metadata;

        var (once, twice) = (new List<OwnerReference>(owners.Count), new List<string>());
        foreach (var owner in owners)
        {
            if (once.Contains(owner))
                twice.Add(owner.Uid);
            else
                once.Add(owner);
        }

        if (twice.Count == 0)
            return metadata;

        warn(
            ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; "
            + $"duplicate UID(s) observed: {string.Join(", ", twice)}");
        return metadata with { OwnerReferences = once };
    }

    public static void ValidateUpdate(ServedResource resource, ObjectMeta old, ObjectMeta metadata, Findings findings)
    {
        Validate(resource, metadata, findings);
        if (old.DeletionTimestamp is not null)
        {
            var added = metadata.Finalizers.Except(old.Finalizers).ToList();
            if (added.Count > 0)
            {
                var list = string.Join(", ", added.Order(StringComparer.Ordinal).Select(f => $"\"{f}\""));
                findings.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}");
            }
        }

        Same("name", old.Name, metadata.Name);
        Same("namespace", old.Namespace, metadata.Namespace);
        Same("uid", old.Uid, metadata.Uid);
        Same("deletionTimestamp", Text(old.DeletionTimestamp), Text(metadata.DeletionTimestamp));
        Same("deletionGracePeriodSeconds", old.DeletionGracePeriodSeconds, metadata.DeletionGracePeriodSeconds);

        void Same<T>(string field, T was, T now)
        {
            if (!EqualityComparer<T>.Default.Equals(was, now))
                findings.Invalid("metadata." + field, now, Immutable);
        }
    }

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static void ValidateName(ServedResource resource, ObjectMeta metadata, Findings findings)
    {
        if (metadata.GenerateName.Length > 0)
        {
            // The last dash is only there to part the base from the suffix.
            var stem = metadata.GenerateName.EndsWith('-') ? metadata.GenerateName[..^1] + "a" : metadata.GenerateName;
            foreach (var problem in resource.Kind.ValidateName(stem))
                findings.Invalid("metadata.generateName", metadata.GenerateName, problem);
        }

        if (metadata.Name.Length == 0)
            findings.Required("metadata.name", "name or generateName is required");
        else
        {
            foreach (var problem in resource.Kind.ValidateName(metadata.Name))
                findings.Invalid("metadata.name", metadata.Name, problem);
        }
    }

    private static void ValidateNamespace(ServedResource resource, ObjectMeta metadata, Findings findings)
    {
        if (!resource.Type.Namespaced)
        {
            if (metadata.Namespace.Length > 0)
                findings.Forbidden("metadata.namespace", "not allowed on this type");
        }
        else if (metadata.Namespace.Length == 0)
            findings.Required("metadata.namespace");
        else
        {
            foreach (var problem in NameRules.Dns1123Label(metadata.Namespace))
                findings.Invalid("metadata.namespace", metadata.Namespace, problem);
        }
    }

    private static void ValidateMaps(ObjectMeta metadata, Findings findings)
    {
        var size = 0L;
        foreach (var (key, value) in metadata.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            // Upper case has always been let through in annotations.
            foreach (var problem in NameRules.QualifiedName(key.ToLowerInvariant()))
                findings.Invalid("metadata.annotations", key, problem);
        }

        if (size > MaxAnnotationBytes)
            findings.TooLong("metadata.annotations", MaxAnnotationBytes);

        foreach (var (key, value) in metadata.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            foreach (var problem in NameRules.QualifiedName(key))
                findings.Invalid("metadata.labels", key, problem);
            foreach (var problem in NameRules.LabelValue(value))
                findings.Invalid("metadata.labels", value, problem);
        }
    }

    private static void ValidateOwners(IReadOnlyList<OwnerReference> owners, Findings findings)
    {
        // Upstream reports all of these on the list, not on its item.
        const string field = "metadata.ownerReferences";
        string? controller = null;
        foreach (var owner in owners)
        {
            if (owner.ApiVersion.Length == 0)
                findings.Invalid($"{field}.apiVersion", owner.ApiVersion, "version must not be empty");
            if (owner.Kind.Length == 0)
                findings.Invalid($"{field}.kind", owner.Kind, "must not be empty");
            if (owner.Name.Length == 0)
                findings.Invalid($"{field}.name", owner.Name, "must not be empty");
            if (owner.Uid.Length == 0)
                findings.Invalid($"{field}.uid", owner.Uid, "must not be empty");
            if (owner is { ApiVersion: "v1", Kind: "Event" })
                findings.Invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner");
            if (owner.Controller != true)
                continue;

            var name = $"{owner.Kind}/{owner.Name}";
            if (controller is null)
                controller = name;
            else
                findings.Invalid(field, owners, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {name}");
        }
    }

    private static void ValidateFinalizers(ServedResource resource, IReadOnlyList<string> finalizers, Findings findings)
    {
        // Definitions and custom resources are of another house upstream, which only warns.
        var isStrict = resource.Custom is null && resource.Type.Group != "apiextensions.k8s.io";
        for (var i = 0; i < finalizers.Count; i++)
        {
            var finalizer = finalizers[i];
            foreach (var problem in NameRules.QualifiedName(finalizer))
                findings.Invalid("metadata.finalizers", finalizer, problem);
            if (finalizer.Contains('/', StringComparison.Ordinal) || UnqualifiedFinalizers.Contains(finalizer))
                continue;
            if (!isStrict && resource.Custom is not null)
                findings.Warn($"metadata.finalizers: \"{finalizer}\": prefer a domain-qualified finalizer name {(finalizer.Contains('.', StringComparison.Ordinal) ? "including a path (/) " : "")}to avoid accidental conflicts with other finalizer writers");
            else if (isStrict)
                findings.Invalid($"metadata.finalizers[{i}]", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
            findings.Invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }

    /// <summary>What cannot be read of managed fields never comes here; a name that is too long can.</summary>
    private static void ValidateManagers(IReadOnlyList<ManagedFieldsEntry> entries, Findings findings)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (Encoding.UTF8.GetByteCount(entries[i].Manager) > MaxManager)
                findings.TooLong($"metadata.managedFields[{i}].manager", MaxManager);
        }
    }
}
