using KubeSharp.Objects.AppsV1;
using KubeSharp.Objects.BatchV1;

namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>Holds pods to the security standard their namespace asks for, and warns early about workloads whose pods it would refuse.</summary>
internal sealed class PodSecurityAdmission(IObjects objects) : IAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";

    /// <summary>Subresources through which a pod's own wish does not change.</summary>
    private static readonly HashSet<string> Ignored = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"];

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Verb is not (AdmissionVerb.Create or AdmissionVerb.Update))
            return;

        switch (request.Object)
        {
            case Namespace ns when request.Subresource.Length == 0:
                NamespaceSecurity.Validate(request, ns, (Namespace?)request.Old, objects);
                break;
            case Pod pod when !Ignored.Contains(request.Subresource) && (request.Old is not Pod old || IsSignificant(pod, old)):
                await ValidateAsync(request, pod.Metadata, pod.Spec, isPod: true, ct);
                break;
            case { } obj when request.Subresource.Length == 0 && TemplateOf(obj) is { } template:
                await ValidateAsync(request, template.Metadata, template.Spec, isPod: false, ct);
                break;
        }
    }

    private async ValueTask ValidateAsync(AdmissionRequest request, ObjectMeta metadata, PodSpec spec, bool isPod, CancellationToken ct)
    {
        if (await objects.FindAsync<Namespace>(new("", request.Key.Namespace), ct) is not { } ns)
            return; // NamespaceLifecycle has refused it

        var findings = new Findings();
        var policy = SecurityPolicy.Of(ns.Metadata.Labels, findings);
        if (findings.Any)
            request.Annotate(Prefix + "error", $"Failed to parse policy: {findings}");
        if (policy.IsPrivileged && !findings.Any)
        {
            if (isPod)
                request.Annotate(Prefix + "enforce-policy", "privileged:latest");
            return;
        }

        var pod = new PodFacts(metadata, spec);
        var isRefused = false;
        if (isPod)
        {
            request.Annotate(Prefix + "enforce-policy", policy.Enforce.ToString());
            isRefused = Find(policy.Enforce) is { Count: > 0 };
        }

        if (Find(policy.Audit) is { Count: > 0 } audited)
            request.Annotate(Prefix + "audit-violations", $"would violate PodSecurity \"{policy.Audit}\": {Violation.Text(audited)}");
        if (isRefused)
            throw request.Forbidden($"violates PodSecurity \"{policy.Enforce}\": {Violation.Text(Find(policy.Enforce))}");
        if (Find(policy.Warn) is { Count: > 0 } warned)
            request.Options.Warn($"would violate PodSecurity \"{policy.Warn}\": {Violation.Text(warned)}");

        List<Violation> Find(SecurityStandard standard) => SecurityChecks.Find(pod, standard);
    }

    private static PodTemplateSpec? TemplateOf(IObject obj) => obj switch
    {
        PodTemplate t => t.Template,
        ReplicationController r => r.Spec.Template,
        ReplicaSet r => r.Spec.Template,
        Deployment d => d.Spec.Template,
        DaemonSet d => d.Spec.Template,
        StatefulSet s => s.Spec.Template,
        Job j => j.Spec.Template,
        CronJob c => c.Spec.JobTemplate.Spec.Template,
        _ => null,
    };

    /// <summary>What runs changes only with an image or a further container; all else that security is about is immutable.</summary>
    private static bool IsSignificant(Pod pod, Pod old)
    {
        var (now, was) = (pod.Spec, old.Spec);
        return !now.Containers.Select(c => c.Image).SequenceEqual(was.Containers.Select(c => c.Image))
            || !now.InitContainers.Select(c => c.Image).SequenceEqual(was.InitContainers.Select(c => c.Image))
            || now.EphemeralContainers.Any(c => was.EphemeralContainers.FirstOrDefault(o => o.Name == c.Name)?.Image != c.Image);
    }
}
