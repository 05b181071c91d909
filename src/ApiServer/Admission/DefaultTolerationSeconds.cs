namespace KubeSharp.ApiServer.Admission;

/// <summary>Lets a pod stay for five minutes on a node that is not ready or unreachable.</summary>
internal sealed class DefaultTolerationSeconds : IAdmission
{
    private const long Seconds = 300;
    private static readonly string[] Taints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is { } pod)
        {
            var missing = Taints.Where(taint => !pod.Spec.Tolerations.Any(t => (t.Key == taint || t.Key.Length == 0) && t.Effect is ("NoExecute" or ""))).ToList();
            if (missing.Count > 0)
            {
                var added = missing.Select(taint => new Toleration { Key = taint, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = Seconds });
                request.Object = pod with { Spec = pod.Spec with { Tolerations = [.. pod.Spec.Tolerations, .. added] } };
            }
        }

        return ValueTask.CompletedTask;
    }
}
