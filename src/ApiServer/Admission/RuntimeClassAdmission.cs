using KubeSharp.Objects.NodeV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>A pod with a runtime class takes on what the class says: the overhead it has, and the nodes it can run on.</summary>
internal sealed class RuntimeClassAdmission(IObjects objects) : IAdmission
{
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is not { Spec.RuntimeClassName: { Length: > 0 } name } pod)
            return;

        var runtime = await FindAsync(request, name, ct);
        var spec = WithOverhead(request, pod.Spec, runtime);
        if (runtime.Scheduling is { } scheduling)
            spec = spec with { NodeSelector = Merged(request, spec.NodeSelector, scheduling.NodeSelector), Tolerations = Merged(spec.Tolerations, scheduling.Tolerations) };
        request.Object = pod with { Spec = spec };
    }

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is not { } pod)
            return;

        var runtime = pod.Spec.RuntimeClassName is { Length: > 0 } name ? await FindAsync(request, name, ct) : null;
        if (runtime?.Overhead is { PodFixed.Count: > 0 } overhead)
        {
            if (!AreAlike(pod.Spec.Overhead, overhead.PodFixed))
                throw request.Forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }
        else if (pod.Spec.Overhead.Count > 0)
        {
            throw request.Forbidden("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }
    }

    private async ValueTask<RuntimeClass> FindAsync(AdmissionRequest request, string name, CancellationToken ct) =>
        await objects.FindAsync<RuntimeClass>(new("", name), ct) ?? throw request.Forbidden($"pod rejected: RuntimeClass \"{name}\" not found");

    private static PodSpec WithOverhead(AdmissionRequest request, PodSpec spec, RuntimeClass runtime)
    {
        if (runtime.Overhead is not { PodFixed.Count: > 0 } overhead)
            return spec;
        if (spec.Overhead.Count > 0 && !AreAlike(spec.Overhead, overhead.PodFixed))
            throw request.Forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");

        return spec with { Overhead = overhead.PodFixed };
    }

    private static bool AreAlike(IReadOnlyDictionary<string, Quantity> a, IReadOnlyDictionary<string, Quantity> b) =>
        a.Count == b.Count && a.All(x => b.TryGetValue(x.Key, out var other) && other == x.Value);

    private static Dictionary<string, string> Merged(AdmissionRequest request, IReadOnlyDictionary<string, string> pods, IReadOnlyDictionary<string, string> classes)
    {
        var merged = new Dictionary<string, string>(pods);
        foreach (var (key, value) in classes)
        {
            if (!merged.TryAdd(key, value) && merged[key] != value)
                throw request.Forbidden($"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {merged[key]}");
        }

        return merged;
    }

    private static List<Toleration> Merged(IReadOnlyList<Toleration> pods, IReadOnlyList<Toleration> classes) =>
        [.. pods, .. classes.Where(c => !pods.Contains(c))];
}
