using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Controllers.Policies;

/// <summary>Tells authors of ValidatingAdmissionPolicies, in the status, which expressions cannot work for the kinds they are for.</summary>
/// <remarks>A policy is looked at again when the definition of a custom resource it names comes, changes or goes; upstream waits for a change of the policy.</remarks>
internal sealed class PolicyStatusController(IClient client) : IController, IReconciler
{
    private IInformer<ValidatingAdmissionPolicy> _policies = null!; // both are set by Watch, before the loop runs
    private IInformer<CustomResourceDefinition> _definitions = null!;

    public string Name => "validatingadmissionpolicy-status-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _policies = informers.For<ValidatingAdmissionPolicy>();
        _definitions = informers.For<CustomResourceDefinition>();
        _policies.Subscribe((old, now) =>
        {
            // Of one that is new here, definitions may have changed while nobody looked.
            if (now is not null && (old is null || !IsChecked(now)))
                queue.Add(ObjectKey.Of(now));
        });
        _definitions.Subscribe((old, now) =>
        {
            if (old is not null && now is not null && old.Metadata.Generation == now.Metadata.Generation && TypedKind.IsEstablished(old) == TypedKind.IsEstablished(now))
                return;

            var group = (now ?? old)!.Spec.Group;
            foreach (var policy in _policies.List().Where(p => PolicyTypeCheck.IsAbout(p, group)))
                queue.Add(ObjectKey.Of(policy));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        await _definitions.WaitForSyncAsync(ct);
        if (_policies.Find(key) is not { } policy)
            return Requeue.Never;

        IReadOnlyList<ExpressionWarning> warnings = [.. PolicyTypeCheck.Check(policy, [.. TypedKind.BuiltIn, .. _definitions.List().SelectMany(TypedKind.Of)])];
        if (IsChecked(policy) && policy.Status.TypeChecking!.ExpressionWarnings.SequenceEqual(warnings))
            return Requeue.Never;

        var status = policy.Status with { ObservedGeneration = policy.Metadata.Generation, TypeChecking = new() { ExpressionWarnings = warnings } };
        await client.UpdateStatusAsync(policy with { Status = status }, ct);
        return Requeue.Never;
    }

    private static bool IsChecked(ValidatingAdmissionPolicy policy) =>
        policy.Status.TypeChecking is not null && policy.Status.ObservedGeneration == policy.Metadata.Generation;
}
