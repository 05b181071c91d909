using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about pods; the rules of their specs, which templates share, are in <c>Pods/</c>.</summary>
internal sealed class PodKind : Kind<Pod>
{
    public override IReadOnlyCollection<string> FieldNames { get; } =
    [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP",
        "status.podIPs", "status.nominatedNodeName", "spec.host",
    ];

    public override IReadOnlyDictionary<string, string> SelectableFields(Pod pod) => new Dictionary<string, string>
    {
        ["spec.nodeName"] = pod.Spec.NodeName,
        ["spec.restartPolicy"] = pod.Spec.RestartPolicy,
        ["spec.schedulerName"] = pod.Spec.SchedulerName,
        ["spec.serviceAccountName"] = pod.Spec.ServiceAccountName,
        ["spec.hostNetwork"] = pod.Spec.HostNetwork ? "true" : "false",
        ["status.phase"] = pod.Status.Phase,
        ["status.podIP"] = FirstIp(pod) ?? "",
        ["status.podIPs"] = FirstIp(pod) ?? "",
        ["status.nominatedNodeName"] = pod.Status.NominatedNodeName,
        ["spec.host"] = pod.Spec.NodeName,
    };

    public override Pod ApplyDefaults(Pod pod) => PodSpecDefaults.Apply(pod);

    public override Pod PrepareForCreate(Pod pod) => pod with { Status = new() { Phase = "Pending", QosClass = PodQos.Of(pod) } };

    public override Pod PrepareForStatusUpdate(Pod old, Pod pod) => old with
    {
        Metadata = old.Metadata.WithWritableOf(pod.Metadata) with { OwnerReferences = old.Metadata.OwnerReferences },
        Status = WithBothIPs(pod.Status) with { QosClass = old.Status.QosClass },
    };

    public override void Validate(Pod pod, Findings findings)
    {
        Common(pod, findings);
        if (pod.Spec.EphemeralContainers.Count > 0)
            findings.Forbidden("spec.ephemeralContainers", "cannot be set on create");
        if (pod.Spec is { NodeName.Length: > 0, SchedulingGates.Count: > 0 })
            findings.Forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
        AnnotationRules.AgreeWithFields(pod.Metadata.Annotations, pod.Spec, "spec", findings);
    }

    public override void ValidateUpdate(Pod old, Pod pod, Findings findings)
    {
        Common(pod, findings);
        PodUpdateRules.Validate(old, pod, findings);
    }

    public override void ValidateStatusUpdate(Pod old, Pod pod, Findings findings) => PodStatusRules.Validate(old, pod, findings);

    /// <summary>A pod that no node runs, or that has ended, has nothing to wait for.</summary>
    public override long? DeletionGrace(Pod pod, long? asked)
    {
        if (pod.Spec.NodeName.Length == 0 || pod.IsTerminal())
            return 0;

        var seconds = asked ?? pod.Spec.TerminationGracePeriodSeconds ?? 0;
        return seconds < 0 ? 1 : seconds;
    }

    public override IReadOnlyList<object?> Cells(Pod pod, DateTimeOffset now)
    {
        var text = new PodStatusText(pod);
        return
        [
            pod.Metadata.Name,
            text.Ready,
            text.Status,
            text.Restarts(now),
            Ages.Of(pod.Metadata.CreationTimestamp, now),
            FirstIp(pod) ?? PodTemplateCells.None,
            OrNone(pod.Spec.NodeName),
            OrNone(pod.Status.NominatedNodeName),
            Gates(pod),
        ];
    }

    private static void Common(Pod pod, Findings findings)
    {
        AnnotationRules.Validate(pod.Metadata.Annotations, pod.Spec, "metadata.annotations", findings);
        new PodSpecRules(pod.Spec, "spec", pod.Metadata, findings).Validate();
        if (pod.Spec.ServiceAccountName.Length > 0)
            return;

        for (var v = 0; v < pod.Spec.Volumes.Count; v++)
        {
            var sources = pod.Spec.Volumes[v].Projected?.Sources ?? [];
            for (var s = 0; s < sources.Count; s++)
            {
                if (sources[s].ServiceAccountToken is not null)
                    findings.Forbidden($"spec.volumes[{v}].projected.sources[{s}].serviceAccountToken", "must not be specified when serviceAccountName is not set");
            }
        }
    }

    /// <summary>podIP is the first of podIPs; whoever sets one sets both.</summary>
    private static PodStatus WithBothIPs(PodStatus status) => status switch
    {
        { PodIPs.Count: 0, PodIP.Length: > 0 } => status with { PodIPs = [new() { Ip = status.PodIP }] },
        { PodIPs.Count: > 0 } when status.PodIP != status.PodIPs[0].Ip => status.PodIP.Length == 0
            ? status with { PodIP = status.PodIPs[0].Ip }
            : status with { PodIPs = [new() { Ip = status.PodIP }] },
        _ => status,
    };

    private static string? FirstIp(Pod pod) => pod.Status.PodIPs.Count > 0 ? pod.Status.PodIPs[0].Ip : pod.Status.PodIP is { Length: > 0 } ip ? ip : null;

    private static string Gates(Pod pod)
    {
        var gates = pod.Spec.ReadinessGates;
        return gates.Count == 0 ? PodTemplateCells.None : $"{gates.Count(g => pod.Status.Conditions.IsTrue(g.ConditionType))}/{gates.Count}";
    }

    private static string OrNone(string text) => text.Length > 0 ? text : PodTemplateCells.None;
}
