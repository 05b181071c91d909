using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary><c>pods/x/binding</c> and <c>bindings</c>: the scheduler's one write. A pod is bound once and for all.</summary>
internal sealed class BindingSubresource(Resources resources, AdmissionChain admission, UpdateVerb update, TimeProvider clock) : IStoredSubresource
{
    private readonly ServedResource _pods = resources.Of<Pod>();

    public ObjectCodec Codec { get; } = new ObjectCodec<Binding>();

    public bool Serves(ServedResource resource, string subresource) =>
        (resource.Type.Group, resource.Type.Plural, subresource) is ("", "pods", "binding") or ("", "bindings", "");

    public async Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct)
    {
        if (call.Verb != SubresourceVerb.Create)
            throw ApiException.MethodNotAllowed("update", "", "pods");

        var binding = (Binding)call.Posted!;
        var name = binding.Metadata.Name.Length > 0 ? binding.Metadata.Name : call.Key.Name;
        if (call.Key.Name.Length > 0 && name != call.Key.Name)
            throw ApiException.BadRequest("name in URL does not match name in Binding object");

        binding = await AdmittedAsync(name, binding, call, ct);
        await update.RunAsync(_pods, new(call.Key.Namespace, name), "binding", current => Bound(name, current, binding), call.Options with { IsAdmitted = true }, mayCreate: false, ct);
        return SubresourceAnswer.Created;
    }

    private async Task<Binding> AdmittedAsync(string name, Binding binding, SubresourceCall call, CancellationToken ct)
    {
        var request = new AdmissionRequest(AdmissionVerb.Create, _pods, "binding", new(call.Key.Namespace, name), call.Options) { Object = binding, BodyType = Codec.Type };
        await admission.AdmitAsync(request, ct);
        Validate(name, (Binding)request.Object);
        await admission.ValidateAsync(request, ct);
        return (Binding)request.Object;
    }

    private static void Validate(string name, Binding binding)
    {
        var findings = new Findings();
        if (binding.Target.Kind is not ("" or "Node"))
            findings.AddRange([new("target.kind", "FieldValueNotSupported", $"Unsupported value: \"{binding.Target.Kind}\": supported values: \"Node\", \"<empty>\"")]);
        if (binding.Target.Name.Length == 0)
            findings.Required("target.name");
        if (findings.Any)
            throw ApiException.Invalid("", "Binding", name, findings);
    }

    private Pod Bound(string name, StoredObject? current, Binding binding)
    {
        if (current?.Object is not Pod pod)
            throw ApiException.NotFound("", "pods", name);
        if (binding.Metadata.Uid.Length > 0 && binding.Metadata.Uid != pod.Metadata.Uid)
            throw Conflict($"Precondition failed: UID in precondition: {binding.Metadata.Uid}, UID in object meta: {pod.Metadata.Uid}");
        if (pod.Metadata.DeletionTimestamp is not null)
            throw Conflict($"pod {name} is being deleted, cannot be assigned to a host");
        if (pod.Spec.NodeName.Length > 0)
            throw Conflict($"pod {name} is already assigned to node \"{pod.Spec.NodeName}\"");
        if (pod.Spec.SchedulingGates.Count > 0)
            throw Conflict($"pod {name} has non-empty .spec.schedulingGates");

        var annotations = new Dictionary<string, string>(pod.Metadata.Annotations);
        foreach (var (key, value) in binding.Metadata.Annotations)
            annotations[key] = value;
        var labels = new Dictionary<string, string>(pod.Metadata.Labels);
        foreach (var (key, value) in binding.Metadata.Labels)
            labels[key] = value;
        var scheduled = new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = clock.GetUtcNow().TruncatedToSeconds() };
        return pod with
        {
            Metadata = pod.Metadata with { Annotations = annotations, Labels = labels },
            Spec = pod.Spec with { NodeName = binding.Target.Name },
            Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Where(c => c.Type != scheduled.Type), scheduled] },
        };

        ApiException Conflict(string why) => ApiException.Conflict("", "pods/binding", name, why);
    }
}
