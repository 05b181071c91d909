using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Allocation;
using KubeSharp.ApiServer.CustomResources;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>DELETE: the object goes at once, or is marked and goes when its grace is over and its finalizers are gone.</summary>
internal sealed class DeleteVerb(Caches caches, ObjectWriter writer, AdmissionChain admission, ServiceAllocation services, TimeProvider clock)
{
    public async Task<(StoredObject Object, bool IsGone)> RunAsync(ServedResource resource, ObjectKey key, DeleteOptions body, WriteOptions options, CancellationToken ct)
    {
        DeleteRules.Validate(body);
        if (body.DryRun.Count > 0)
            options = options with { IsDryRun = true };

        while (true)
        {
            var current = await caches.FindAsync(resource, key, ct) ?? throw UpdateVerb.NotFound(resource, key);
            DeleteRules.CheckPreconditions(current, body.Preconditions);
            var request = new AdmissionRequest(AdmissionVerb.Delete, resource, "", key, options) { Old = current.Object, Deletion = body };
            await admission.AdmitAsync(request, ct);
            await admission.ValidateAsync(request, ct);

            if (await TryDeleteAsync(current, body, options, ct) is { } done)
                return done;
        }
    }

    private async Task<(StoredObject Object, bool IsGone)?> TryDeleteAsync(StoredObject current, DeleteOptions body, WriteOptions options, CancellationToken ct)
    {
        var kind = current.Resource.Kind;
        var grace = kind.DeletionGrace(current.Object, body.GracePeriodSeconds);
        var marked = current.Object.CopyWith(current.Object.Metadata with { Finalizers = DeleteRules.Finalizers(kind, current.Object.Metadata, body) });
        if (current.Object is Namespace)
            marked = Namespaces.MarkTerminating((Namespace)marked, clock.GetUtcNow().TruncatedToSeconds());
        else if (current.Object is CustomResourceDefinition)
            marked = DefinitionDeletion.MarkTerminating((CustomResourceDefinition)marked, clock.GetUtcNow().TruncatedToSeconds());
        else
            marked = Mark(marked, grace);

        if (MustStay(marked))
            return await writer.TryUpdateAsync(current, marked, options, ct) is { } kept ? (kept, false) : null;

        var held = services.HeldBy(current.Object);
        // What goes gracefully is seen once more with the mark on it, even if its grace is none.
        if (await writer.TryDeleteAsync(current, grace is null ? current.Object : marked, options, ct) is not { } gone)
            return null;

        if (!options.IsDryRun)
            await services.ReleaseAsync(held);
        return (gone, true);
    }

    private static bool MustStay(IObject marked) => marked is Namespace ns
        ? !Namespaces.IsFinished(ns)
        : marked.Metadata.Finalizers.Count > 0 || marked.Metadata.DeletionGracePeriodSeconds is > 0;

    /// <param name="grace">Seconds; null or 0 for at once.</param>
    private IObject Mark(IObject obj, long? grace)
    {
        var (metadata, now) = (obj.Metadata, clock.GetUtcNow().TruncatedToSeconds());
        var seconds = grace ?? 0;
        if (metadata.DeletionTimestamp is not { } ends)
        {
            return obj.CopyWith(metadata with
            {
                DeletionTimestamp = now.AddSeconds(seconds),
                DeletionGracePeriodSeconds = seconds,
                // The kubelet sees by the generation that the wish changed.
                Generation = metadata.Generation > 0 ? metadata.Generation + 1 : 0,
            });
        }

        var left = metadata.DeletionGracePeriodSeconds ?? 0;
        if (seconds >= left)
            return obj; // a running grace is only ever made shorter

        return obj.CopyWith(metadata with { DeletionTimestamp = ends.AddSeconds(seconds - left), DeletionGracePeriodSeconds = seconds });
    }
}
