using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Controllers.Policies;

/// <summary>Tells authors of ValidatingAdmissionPolicies, in the status, which expressions cannot work for the kinds they are for.</summary>
internal sealed class PolicyStatusController(IClient client) : IController, IReconciler
{
    private IInformer<ValidatingAdmissionPolicy> _policies = null!; // set by Watch, before the loop runs

    public string Name => "validatingadmissionpolicy-status-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _policies = informers.For<ValidatingAdmissionPolicy>();
        _policies.Subscribe((_, now) =>
        {
            if (now is not null && !IsChecked(now))
                queue.Add(ObjectKey.Of(now));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_policies.Find(key) is { } policy && !IsChecked(policy))
        {
            var status = policy.Status with
            {
                ObservedGeneration = policy.Metadata.Generation,
                TypeChecking = new() { ExpressionWarnings = [.. PolicyTypeCheck.Check(policy)] },
            };
            await client.UpdateStatusAsync(policy with { Status = status }, ct);
        }

        return Requeue.Never;
    }

    private static bool IsChecked(ValidatingAdmissionPolicy policy) =>
        policy.Status.TypeChecking is not null && policy.Status.ObservedGeneration == policy.Metadata.Generation;
}
