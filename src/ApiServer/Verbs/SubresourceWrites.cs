using KubeSharp.ApiServer.Registry;
using KubeSharp.Kinds.Certificates;
using KubeSharp.Objects.CertificatesV1;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The subresources through which a part of the object is written: each takes its part and leaves the rest as it is.</summary>
internal static class SubresourceWrites
{
    /// <returns>The old object with the part that the subresource may write. <c>status</c> is the kind's to take and comes back as it is.</returns>
    /// <exception cref="ApiException">404: the resource has no such subresource.</exception>
    public static IObject Take(ServedResource resource, string subresource, IObject old, IObject posted) => (subresource, old, posted) switch
    {
        ("status", _, _) when resource.HasStatus => posted,
        ("finalize", Namespace was, Namespace now) => Namespaces.Finalize(was, now),
        ("approval", CertificateSigningRequest was, CertificateSigningRequest now) => now with
        {
            Spec = was.Spec,
            Status = was.Status with { Conditions = now.Status.Conditions },
        },
        ("ephemeralcontainers", Pod was, Pod now) => Bumped(was with { Spec = was.Spec with { EphemeralContainers = now.Spec.EphemeralContainers } }, was),
        // The binding has made the whole of it; no client comes here with an object.
        ("binding", Pod, Pod) => posted,
        ("resize", Pod was, Pod now) => Bumped(Resize(was, now), was),
        _ => throw ApiException.NoSuchPath(),
    };

    public static void Validate(string subresource, IObject old, IObject obj, Findings findings)
    {
        if (subresource == "ephemeralcontainers" && old is Pod was && obj is Pod now)
            ValidateEphemeral(was, now, findings);
        else if (subresource == "approval" && old is CertificateSigningRequest request && obj is CertificateSigningRequest decided)
            RequestConditions.ValidateUpdate(request, decided, RequestParts.Approval, findings);
    }

    /// <summary>Containers keep everything but their resources and how they take a resize.</summary>
    private static Pod Resize(Pod was, Pod now) => was with
    {
        Spec = was.Spec with
        {
            Containers = [.. was.Spec.Containers.Select(c => With(c, now.Spec.Containers))],
            InitContainers = [.. was.Spec.InitContainers.Select(c => With(c, now.Spec.InitContainers))],
            Resources = now.Spec.Resources,
        },
    };

    private static Container With(Container container, IReadOnlyList<Container> wanted) =>
        wanted.FirstOrDefault(c => c.Name == container.Name) is { } other
            ? container with { Resources = other.Resources, ResizePolicy = other.ResizePolicy }
            : container;

    private static Pod Bumped(Pod now, Pod was) => Json.AreAlike(now.Spec, was.Spec)
        ? now
        : now with { Metadata = now.Metadata with { Generation = was.Metadata.Generation + 1 } };

    private static void ValidateEphemeral(Pod was, Pod now, Findings findings)
    {
        var names = now.Spec.Containers.Concat(now.Spec.InitContainers).Select(c => c.Name).ToHashSet();
        for (var i = 0; i < now.Spec.EphemeralContainers.Count; i++)
        {
            var (container, field) = (now.Spec.EphemeralContainers[i], $"spec.ephemeralContainers[{i}]");
            if (container.Name.Length == 0)
                findings.Required(field + ".name");
            else if (!names.Add(container.Name))
                findings.Duplicate(field + ".name", container.Name);
            if (container.Image.Length == 0)
                findings.Required(field + ".image");
            if (container.TargetContainerName.Length > 0 && !now.Spec.Containers.Concat(now.Spec.InitContainers).Any(c => c.Name == container.TargetContainerName))
                findings.NotFound(field + ".targetContainerName", container.TargetContainerName);
        }

        foreach (var old in was.Spec.EphemeralContainers)
        {
            var kept = now.Spec.EphemeralContainers.FirstOrDefault(c => c.Name == old.Name);
            if (kept is null)
                findings.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{old.Name}\" may not be removed");
            else if (!Json.AreAlike(kept, old))
                findings.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{old.Name}\" may not be changed");
        }
    }
}
