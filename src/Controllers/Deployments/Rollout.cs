using System.Globalization;
using KubeSharp.Controllers.Pods;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Deployments;

/// <summary>One pass over one Deployment: creates, sizes and prunes its ReplicaSets. Lives for one reconcile.</summary>
internal sealed class Rollout(IClient client, IEventRecorder events, TimeProvider clock, Deployment deployment, List<ReplicaSet> all)
{
    public Deployment Deployment { get; private set; } = deployment;

    public IReadOnlyList<ReplicaSet> All => all;

    public ReplicaSet? Newest { get; private set; } = DeploymentController.Newest(deployment, all);

    public IReadOnlyList<ReplicaSet> Old => [.. all.Where(s => s.Metadata.Uid != Newest?.Metadata.Uid)];

    private int Replicas => Deployment.Spec.Replicas ?? 1;

    /// <summary>Whether the Deployment's own size changed since its sets were last sized: then that comes before any rolling.</summary>
    public bool IsScaled => all.Any(s => RolloutPlan.Size(s) > 0 && Annotations.DesiredOf(s.Metadata) is { } desired && desired != Replicas);

    public async Task RollAsync(CancellationToken ct)
    {
        var newest = await EnsureNewestAsync(ct);
        if (newest is null || await ResizeAsync(newest, RolloutPlan.NewestSize(Deployment, all, newest), ct))
            return;

        var sizes = RolloutPlan.ShrinkOld(Deployment, Old, newest);
        foreach (var set in Old.Where(s => sizes.ContainsKey(s.Metadata.Uid)).ToList())
            await ResizeAsync(set, sizes[set.Metadata.Uid], ct);
        if (sizes.Count == 0)
            await PruneAsync(ct);
    }

    public async Task RecreateAsync(bool oldPodsRemain, CancellationToken ct)
    {
        var isShrinking = false;
        foreach (var set in Old.Where(s => RolloutPlan.Size(s) > 0).ToList())
            isShrinking |= await ResizeAsync(set, 0, ct);
        if (isShrinking || oldPodsRemain)
            return;

        if (await EnsureNewestAsync(ct) is { } newest)
            await ResizeAsync(newest, Replicas, ct);
        await PruneAsync(ct);
    }

    /// <summary>Follows a change of the Deployment's size, rollout or not.</summary>
    public async Task ScaleAsync(CancellationToken ct)
    {
        var active = all.Where(s => RolloutPlan.Size(s) > 0).ToList();
        if (active.Count <= 1)
        {
            if ((active.FirstOrDefault() ?? Newest ?? all.MaxBy(s => s.Metadata.CreationTimestamp)) is { } only)
                await ResizeAsync(only, Replicas, ct);
        }
        else if (Newest is { } newest && RolloutPlan.Size(newest) == Replicas && newest.Status.AvailableReplicas == Replicas)
        {
            foreach (var set in Old.Where(s => RolloutPlan.Size(s) > 0).ToList())
                await ResizeAsync(set, 0, ct);
        }
        else if (Deployment.Spec.Strategy.Type == "RollingUpdate")
        {
            var sizes = RolloutPlan.Proportional(Deployment, active);
            foreach (var set in active)
                await ResizeAsync(set, sizes.GetValueOrDefault(set.Metadata.Uid, RolloutPlan.Size(set)), ct);
        }

        if (Deployment.Spec.Paused && active.Count <= 1)
            await PruneAsync(ct);
    }

    /// <returns>
    /// The set of the present template, made or updated; <see langword="null"/> if its name was taken and the next pass tries another, or if the
    /// Deployment is going.
    /// </returns>
    private async Task<ReplicaSet?> EnsureNewestAsync(CancellationToken ct)
    {
        var revision = Old.Select(s => Annotations.RevisionOf(s.Metadata)).DefaultIfEmpty().Max() + 1;
        if (Newest is { } existing)
            await AnnotateAsync(existing, revision, ct);
        else if (!await CreateNewestAsync(revision, ct))
            return null;

        await NoteRevisionAsync(Annotations.RevisionOf(Newest!.Metadata), ct);
        return Newest;
    }

    private async Task AnnotateAsync(ReplicaSet set, long revision, CancellationToken ct)
    {
        var annotations = Annotations.ForNewest(Deployment.Metadata, set.Metadata, revision);
        var isSame = annotations.Count == set.Metadata.Annotations.Count && annotations.All(a => set.Metadata.Annotations.GetValueOrDefault(a.Key) == a.Value);
        if (!isSame || set.Spec.MinReadySeconds != Deployment.Spec.MinReadySeconds)
            Replace(set, await client.UpdateAsync(set with { Metadata = set.Metadata with { Annotations = annotations }, Spec = set.Spec with { MinReadySeconds = Deployment.Spec.MinReadySeconds } }, ct));

        // Also where the condition still praises another set: the pass that began this rollout could not write its own.
        var condition = Deployment.Status.Find(DeploymentConditions.Progressing);
        var isOfAnother = condition?.Reason == DeploymentConditions.NewSetAvailable && !condition.Message.Contains($"\"{set.Metadata.Name}\"", StringComparison.Ordinal);
        if ((condition is null || isOfAnother) && Deployment.Spec.ProgressDeadlineSeconds is not null)
            Note("FoundNewReplicaSet", $"Found new replica set \"{set.Metadata.Name}\"");
    }

    private async Task<bool> CreateNewestAsync(long revision, CancellationToken ct)
    {
        if (!await Ownership.StaysAsync(client, Deployment, ct))
            return false;

        var template = Deployment.Spec.Template;
        var hash = TemplateHash.Of(template, Deployment.Status.CollisionCount);
        var labels = new Dictionary<string, string>(template.Metadata.Labels) { [TemplateHash.Label] = hash };
        var selector = Deployment.Spec.Selector ?? LabelSelector.Empty;
        var size = RolloutPlan.NewestSize(Deployment, all, null);
        var set = new ReplicaSet
        {
            Metadata = new()
            {
                Name = $"{Deployment.Metadata.Name}-{hash}",
                Namespace = Deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = Annotations.WithSizes(Annotations.ForNewest(Deployment.Metadata, null, revision), Replicas, RolloutPlan.MaxTotal(Deployment)),
                OwnerReferences = [Deployment.ControllerReference()],
            },
            Spec = new()
            {
                Replicas = size,
                MinReadySeconds = Deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = new Dictionary<string, string>(selector.MatchLabels) { [TemplateHash.Label] = hash } },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
        try
        {
            Newest = await client.CreateAsync(set, ct);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            return await ResolveCollisionAsync(set, ct);
        }
        catch (ApiException e) when (!e.IsNamespaceTerminating)
        {
            var message = $"Failed to create new replica set \"{set.Metadata.Name}\": {e.Message}";
            Note("ReplicaSetCreateError", message, isTrue: false);
            events.Record(Deployment, "Warning", "ReplicaSetCreateError", message);
            Deployment = await client.UpdateStatusAsync(Deployment, ct);
            throw;
        }

        all.Add(Newest);
        if (size > 0)
            events.Record(Deployment, "Normal", "ScalingReplicaSet", $"Scaled up replica set {set.Metadata.Name} from 0 to {size}");
        if (Deployment.Spec.ProgressDeadlineSeconds is not null)
            Note("NewReplicaSetCreated", $"Created new replica set \"{set.Metadata.Name}\"");
        return true;
    }

    /// <summary>The name exists: either ours, which the cache does not show yet, or another template with the same hash.</summary>
    private async Task<bool> ResolveCollisionAsync(ReplicaSet wanted, CancellationToken ct)
    {
        var there = await client.FindAsync<ReplicaSet>(ObjectKey.Of(wanted), ct);
        if (there is not null && there.Metadata.IsControlledBy(Deployment) && TemplateHash.IsSame(there.Spec.Template, Deployment.Spec.Template))
        {
            Newest = there;
            all.Add(there);
            return true;
        }

        Deployment = await client.UpdateStatusAsync(Deployment with { Status = Deployment.Status with { CollisionCount = (Deployment.Status.CollisionCount ?? 0) + 1 } }, ct);
        return false;
    }

    private async Task NoteRevisionAsync(long revision, CancellationToken ct)
    {
        if (revision == 0 || Annotations.RevisionOf(Deployment.Metadata) == revision)
            return;

        var annotations = new Dictionary<string, string>(Deployment.Metadata.Annotations) { [Annotations.Revision] = revision.ToString(CultureInfo.InvariantCulture) };
        var status = Deployment.Status; // what was noted in this pass is not on the server yet
        Deployment = await client.UpdateAsync(Deployment with { Metadata = Deployment.Metadata with { Annotations = annotations } }, ct) with { Status = status };
    }

    /// <returns>Whether the size changed.</returns>
    private async Task<bool> ResizeAsync(ReplicaSet set, int size, CancellationToken ct)
    {
        var before = RolloutPlan.Size(set);
        var max = RolloutPlan.MaxTotal(Deployment);
        if (before == size && Annotations.DesiredOf(set.Metadata) == Replicas && Annotations.MaxOf(set.Metadata) == max)
            return false;

        Replace(set, await client.UpdateAsync(
            set with
            {
                Metadata = set.Metadata with { Annotations = Annotations.WithSizes(set.Metadata.Annotations, Replicas, max) },
                Spec = set.Spec with { Replicas = size },
            },
            ct));
        if (before == size)
            return false;

        events.Record(Deployment, "Normal", "ScalingReplicaSet", $"Scaled {(size > before ? "up" : "down")} replica set {set.Metadata.Name} from {before} to {size}");
        return true;
    }

    /// <summary>Once a rollout is complete, forgets empty sets beyond the history limit, oldest revisions first.</summary>
    private async Task PruneAsync(CancellationToken ct)
    {
        if (Deployment.Spec.RevisionHistoryLimit is not { } limit || !DeploymentConditions.IsComplete(Deployment, Deployment.Status))
            return;

        var empty = Old.Where(s => RolloutPlan.Size(s) == 0 && s.Status.Replicas == 0 && s.Metadata.DeletionTimestamp is null
            && s.Status.ObservedGeneration >= s.Metadata.Generation).OrderBy(s => Annotations.RevisionOf(s.Metadata)).ToList();
        foreach (var set in empty.Take(Math.Max(0, Old.Count - limit)))
        {
            await client.DeleteAsync<ReplicaSet>(ObjectKey.Of(set), new(Uid: set.Metadata.Uid), ct);
            all.Remove(set);
        }
    }

    private void Note(string reason, string message, bool isTrue = true) =>
        Deployment = Deployment with { Status = Deployment.Status.With(DeploymentConditions.Progressing, isTrue, reason, message, clock.GetUtcNow()) };

    private void Replace(ReplicaSet old, ReplicaSet now)
    {
        all[all.FindIndex(s => s.Metadata.Uid == old.Metadata.Uid)] = now;
        if (Newest?.Metadata.Uid == now.Metadata.Uid)
            Newest = now;
    }
}
