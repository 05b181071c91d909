using KubeSharp.Objects.SchedulingV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>Turns the name of a pod's priority class into the number that the scheduler compares.</summary>
internal sealed class PriorityAdmission(IObjects objects) : IAdmission
{
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is not { } pod)
            return;

        var name = pod.Spec.PriorityClassName;
        var found = name.Length > 0
            ? await objects.FindAsync<PriorityClass>(new("", name), ct) ?? BuiltIn(name) ?? throw request.Forbidden($"no PriorityClass with name {name} was found")
            : Default();
        var (priority, policy) = (found?.Value ?? 0, found?.PreemptionPolicy ?? "PreemptLowerPriority");
        if (pod.Spec.Priority is { } given && given != priority)
            throw request.Forbidden($"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        if (pod.Spec.PreemptionPolicy is { } wanted && wanted != policy)
            throw request.Forbidden($"the string value of PreemptionPolicy ({wanted}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");

        request.Object = pod with { Spec = pod.Spec with { PriorityClassName = found?.Metadata.Name ?? "", Priority = priority, PreemptionPolicy = policy } };
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Object is PriorityClass { GlobalDefault: true } posted
            && objects.List<PriorityClass>().FirstOrDefault(c => c.GlobalDefault && c.Metadata.Name != posted.Metadata.Name) is { } other)
            throw request.Forbidden($"PriorityClass {other.Metadata.Name} is already marked as default. Only one default can exist");

        return ValueTask.CompletedTask;
    }

    /// <summary>Of several defaults (a race of two creates) the lowest, as upstream.</summary>
    private PriorityClass? Default() => objects.List<PriorityClass>().Where(c => c.GlobalDefault).MinBy(c => c.Value);

    /// <summary>The system's own are known before they are written.</summary>
    private static PriorityClass? BuiltIn(string name) => SystemObjects.PriorityClasses.FirstOrDefault(c => c.Metadata.Name == name);
}
