using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.PolicyV1;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary><c>pods/x/eviction</c>: a DELETE that the pod's disruption budget may refuse.</summary>
internal sealed class EvictionSubresource(Resources resources, Caches caches, IObjects objects, AdmissionChain admission, UpdateVerb update, DeleteVerb delete, TimeProvider clock) : IStoredSubresource
{
    private const int RetrySeconds = 10;

    private readonly ServedResource _pods = resources.Of<Pod>();
    private readonly ServedResource _budgets = resources.Of<PodDisruptionBudget>();

    public ObjectCodec Codec { get; } = new ObjectCodec<Eviction>();

    public bool Serves(ServedResource resource, string subresource) => (resource.Type.Group, resource.Type.Plural, subresource) == ("", "pods", "eviction");

    public async Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct)
    {
        if (call.Verb != SubresourceVerb.Create)
            throw ApiException.MethodNotAllowed("update", "", "pods");

        var eviction = (Eviction)call.Posted!;
        if (eviction.Metadata.Name.Length > 0 && eviction.Metadata.Name != call.Key.Name)
            throw ApiException.BadRequest("name in URL does not match name in Eviction object");

        eviction = await AdmittedAsync(eviction, call, ct);
        var body = eviction.DeleteOptions ?? DeleteOptions.Empty;
        var options = call.Options with { IsDryRun = call.Options.IsDryRun || body.DryRun.Count > 0, IsAdmitted = true };
        var pod = await caches.FindAsync(_pods, call.Key, ct) is { Object: Pod found } ? found : throw ApiException.NotFound("", "pods", call.Key.Name);
        if (!IsFree(pod) && Budget(pod) is { } budget && !MayGoUnready(pod, budget))
            await TakeAsync(budget, pod, options, ct);

        if (!IsFree(pod))
            await MarkAsync(pod, options, ct);
        // The pod that was judged, not one that took its name meanwhile.
        var preconditions = (body.Preconditions ?? new()) with { Uid = body.Preconditions?.Uid ?? pod.Metadata.Uid };
        await delete.RunAsync(_pods, call.Key, body with { Preconditions = preconditions }, options, ct);
        return SubresourceAnswer.Created;
    }

    /// <summary>Admission is about the eviction; that the pod is then deleted is a part of it.</summary>
    private async Task<Eviction> AdmittedAsync(Eviction eviction, SubresourceCall call, CancellationToken ct)
    {
        var request = new AdmissionRequest(AdmissionVerb.Create, _pods, "eviction", call.Key, call.Options) { Object = eviction, BodyType = Codec.Type };
        await admission.AdmitAsync(request, ct);
        await admission.ValidateAsync(request, ct);
        return (Eviction)request.Object;
    }

    /// <summary>Whether nobody counts on the pod any longer, or not yet.</summary>
    private static bool IsFree(Pod pod) => pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase is "Succeeded" or "Failed" or "Pending" or "";

    private PodDisruptionBudget? Budget(Pod pod)
    {
        var budgets = objects.List<PodDisruptionBudget>()
            .Where(b => b.Metadata.Namespace == pod.Metadata.Namespace && Selector.Of(b.Spec.Selector).Matches(pod.Metadata.Labels))
            .ToList();
        return budgets.Count <= 1
            ? budgets.FirstOrDefault()
            : throw new ApiException(ApiException.Failure(500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
    }

    /// <summary>A pod that is not ready may go by policy, or where the budget is healthy without it.</summary>
    private static bool MayGoUnready(Pod pod, PodDisruptionBudget budget)
    {
        if (pod.IsReady())
            return false;

        return budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0);
    }

    /// <summary>Takes one disruption out of the budget's status, so that two evictions cannot both have the last.</summary>
    private async Task TakeAsync(PodDisruptionBudget budget, Pod pod, WriteOptions options, CancellationToken ct)
    {
        await update.RunAsync(_budgets, ObjectKey.Of(budget), "status", Taken, options, mayCreate: false, ct);

        IObject Taken(StoredObject? current)
        {
            if (current?.Object is not PodDisruptionBudget now)
                return budget; // deleted meanwhile: the update finds that out

            var status = now.Status;
            if (status.ObservedGeneration < now.Metadata.Generation)
                throw TooMany($"The disruption budget {now.Metadata.Name} is still being processed by the server.");
            if (status.DisruptionsAllowed <= 0)
                throw TooMany($"The disruption budget {now.Metadata.Name} needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy} currently");

            var disrupted = new Dictionary<string, DateTimeOffset>(status.DisruptedPods) { [pod.Metadata.Name] = clock.GetUtcNow().TruncatedToSeconds() };
            return now with { Status = status with { DisruptionsAllowed = status.DisruptionsAllowed - 1, DisruptedPods = disrupted } };
        }
    }

    /// <summary>Says in the pod's own status why it ends; Jobs and people look there.</summary>
    private async Task MarkAsync(Pod pod, WriteOptions options, CancellationToken ct)
    {
        var condition = new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "EvictionByEvictionAPI",
            Message = "Eviction API: evicting",
            LastTransitionTime = clock.GetUtcNow().TruncatedToSeconds(),
        };
        await update.RunAsync(_pods, ObjectKey.Of(pod), "status", current => current?.Object is Pod now
            ? now with { Status = now.Status with { Conditions = [.. now.Status.Conditions.Where(c => c.Type != condition.Type), condition] } }
            : pod, options, mayCreate: false, ct);
    }

    private static ApiException TooMany(string why)
    {
        var plain = ApiException.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", RetrySeconds).Status;
        return new(plain with { Details = plain.Details! with { Causes = [new() { Reason = "DisruptionBudget", Message = why }] } });
    }
}
