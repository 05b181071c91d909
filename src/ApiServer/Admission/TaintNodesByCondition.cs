namespace KubeSharp.ApiServer.Admission;

/// <summary>A new node takes no pods before it has said that it is ready.</summary>
internal sealed class TaintNodesByCondition : IAdmission
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Node>(AdmissionVerb.Create) is { } node && !node.Spec.Taints.Any(t => t is { Key: NotReady, Effect: "NoSchedule" }))
            request.Object = node with { Spec = node.Spec with { Taints = [.. node.Spec.Taints, new() { Key = NotReady, Effect = "NoSchedule" }] } };

        return ValueTask.CompletedTask;
    }
}
