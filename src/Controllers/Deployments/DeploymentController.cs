using KubeSharp.Controllers.Pods;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Deployments;

/// <summary>Rolls Deployments out: one ReplicaSet a template, the newest growing while older ones shrink.</summary>
internal sealed class DeploymentController(IClient client, IEventRecorder events, TimeProvider clock) : IController, IReconciler
{
    private const string ByOwner = "controller-uid";

    private IInformer<Deployment> _deployments = null!; // set by Watch, before the loop runs
    private IInformer<ReplicaSet> _sets = null!;
    private IInformer<Pod> _pods = null!;

    public string Name => "deployment-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _deployments = informers.For<Deployment>();
        _sets = informers.For<ReplicaSet>();
        _pods = informers.For<Pod>();
        _sets.AddIndex(ByOwner, static s => s.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        _pods.AddIndex(ByOwner, static p => p.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        _deployments.Subscribe((old, now) => queue.Add(ObjectKey.Of((now ?? old)!)));
        _sets.Subscribe((old, now) => SetChanged((now ?? old)!, queue));
        _pods.Subscribe((old, now) =>
        {
            // Recreate waits until the last pod of the old template is gone.
            if (now is null && old!.Metadata.Controller() is { Kind: "ReplicaSet" } owner && _sets.Find(new(old.Metadata.Namespace, owner.Name)) is { } set)
                SetChanged(set, queue);
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_deployments.Find(key) is not { } deployment)
            return Requeue.Never;

        if (Selector.Of(deployment.Spec.Selector).IsEverything)
        {
            events.Record(deployment, "Warning", "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            return Requeue.Never;
        }

        var all = await Ownership.ClaimAsync(
            client, deployment, Selector.Of(deployment.Spec.Selector), _sets.ByIndex(ByOwner, deployment.Metadata.Uid), _sets.List(deployment.Metadata.Namespace), ct);
        if (deployment.Metadata.DeletionTimestamp is not null)
            return await WriteStatusAsync(deployment, all, Newest(deployment, all), deployment.Status, ct);

        deployment = await NotePauseAsync(deployment, ct);
        var rollout = new Rollout(client, events, clock, deployment, all);
        if (deployment.Spec.Paused || rollout.IsScaled)
        {
            if (!deployment.Spec.Paused || all.Count > 0)
                await rollout.ScaleAsync(ct);
        }
        else if (deployment.Spec.Strategy.Type == "Recreate")
        {
            await rollout.RecreateAsync(OldPodsRemain(rollout), ct);
        }
        else
        {
            await rollout.RollAsync(ct);
        }

        return await WriteStatusAsync(rollout.Deployment, rollout.All, rollout.Newest, deployment.Status, ct);
    }

    private void SetChanged(ReplicaSet set, IWorkQueue queue)
    {
        if (set.Metadata.Controller() is { Kind: "Deployment" } owner)
        {
            queue.Add(new(set.Metadata.Namespace, owner.Name));
            return;
        }

        foreach (var deployment in _deployments.List(set.Metadata.Namespace).Where(d => Selector.Of(d.Spec.Selector).Matches(set.Metadata.Labels)))
            queue.Add(ObjectKey.Of(deployment));
    }

    /// <summary>Writes that a rollout was paused or goes on, so that its deadline does not count the pause.</summary>
    private async Task<Deployment> NotePauseAsync(Deployment deployment, CancellationToken ct)
    {
        if (deployment.Spec.ProgressDeadlineSeconds is null)
            return deployment;

        var condition = deployment.Status.Find(DeploymentConditions.Progressing);
        var isPaused = condition is { Reason: "DeploymentPaused" };
        if (condition?.Reason == DeploymentConditions.TimedOut || deployment.Spec.Paused == isPaused)
            return deployment;

        var now = clock.GetUtcNow();
        var status = deployment.Spec.Paused
            ? deployment.Status.With(DeploymentConditions.Progressing, true, "DeploymentPaused", "Deployment is paused", now)
            : deployment.Status.With(DeploymentConditions.Progressing, true, "DeploymentResumed", "Deployment is resumed", now);
        return await client.UpdateStatusAsync(deployment with { Status = status }, ct);
    }

    private bool OldPodsRemain(Rollout rollout) => rollout.Old.SelectMany(s => _pods.ByIndex(ByOwner, s.Metadata.Uid)).Any(p => !p.IsTerminal());

    /// <param name="written">The status the server has; the deployment's own may hold notes of this pass.</param>
    private async Task<Requeue> WriteStatusAsync(Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newest, DeploymentStatus written, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var status = DeploymentStatusRules.Of(deployment, all, newest, now);
        if (status != written)
            await client.UpdateStatusAsync(deployment with { Status = status }, ct);

        return DeploymentStatusRules.Deadline(deployment, status) is { } deadline && deadline > now
            ? Requeue.After(deadline - now + TimeSpan.FromSeconds(1))
            : Requeue.Never;
    }

    internal static ReplicaSet? Newest(Deployment deployment, IEnumerable<ReplicaSet> all) =>
        all.Where(s => TemplateHash.IsSame(s.Spec.Template, deployment.Spec.Template)).MinBy(s => s.Metadata.CreationTimestamp);
}
