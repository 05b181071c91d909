using KubeSharp.ApiServer.Registry;
using Preconditions = KubeSharp.Machinery.MetaV1.Preconditions;
using KubeSharp.Kinds;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>What a DELETE asks for, checked and put together with what the object says. Pure.</summary>
internal static class DeleteRules
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";

    /// <exception cref="ApiException">422.</exception>
    public static void Validate(DeleteOptions body)
    {
        var findings = new Findings();
        if (body is { OrphanDependents: not null, PropagationPolicy: not null })
            findings.Invalid("propagationPolicy", body.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        if (body.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
            findings.AddRange([new("propagationPolicy", "FieldValueNotSupported", $"Unsupported value: \"{body.PropagationPolicy}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")]);
        if (body.GracePeriodSeconds is < 0)
            findings.Invalid("gracePeriodSeconds", body.GracePeriodSeconds, "must be greater than or equal to 0");
        if (findings.Any)
            throw ApiException.Invalid("meta.k8s.io", "DeleteOptions", "", findings);
    }

    /// <exception cref="ApiException">409.</exception>
    public static void CheckPreconditions(StoredObject current, Preconditions? preconditions)
    {
        var (type, metadata) = (current.Resource.Type, current.Object.Metadata);
        if (preconditions?.Uid is { } uid && uid != metadata.Uid)
            throw ApiException.Conflict(type.Group, type.Kind, current.Key.Name, $"the UID in the precondition ({uid}) does not match the UID in record ({metadata.Uid}). The object might have been deleted and then recreated");
        if (preconditions?.ResourceVersion is { } version && version != metadata.ResourceVersion)
            throw ApiException.Conflict(type.Group, type.Kind, current.Key.Name, $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({metadata.ResourceVersion}). The object might have been modified");
    }

    /// <summary>The finalizers after the garbage collector's have been set as the deletion wants them.</summary>
    public static IReadOnlyList<string> Finalizers(Kind kind, ObjectMeta metadata, DeleteOptions body)
    {
        var (orphans, isForeground) = Wants(kind, metadata, body);
        var wanted = metadata.Finalizers.Where(f => f is not (Orphan or Foreground)).ToList();
        if (orphans)
            wanted.Add(Orphan);
        if (isForeground)
            wanted.Add(Foreground);
        return wanted.SequenceEqual(metadata.Finalizers) ? metadata.Finalizers : wanted;
    }

    private static (bool Orphans, bool IsForeground) Wants(Kind kind, ObjectMeta metadata, DeleteOptions body)
    {
        if (body.OrphanDependents is { } explicitly)
            return (explicitly, false);

        return body.PropagationPolicy switch
        {
            "Orphan" => (true, false),
            "Foreground" => (false, true),
            "Background" => (false, false),
            // Who set the finalizer himself meant it.
            _ when metadata.Finalizers.Contains(Orphan) => (true, false),
            _ when metadata.Finalizers.Contains(Foreground) => (false, true),
            _ => (kind.DefaultDependents == Dependents.Orphan, false),
        };
    }
}
