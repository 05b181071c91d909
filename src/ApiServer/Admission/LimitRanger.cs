namespace KubeSharp.ApiServer.Admission;

/// <summary>Gives containers the namespace's default requests and limits, and holds containers, pods and claims within its bounds.</summary>
internal sealed class LimitRanger(IObjects objects) : IAdmission
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<Pod>(AdmissionVerb.Create) is not { } pod)
            return ValueTask.CompletedTask;

        var notes = new List<string>();
        foreach (var item in Ranges(request).SelectMany(r => r.Spec.Limits).Where(i => i.Type == "Container"))
        {
            pod = pod with
            {
                Spec = pod.Spec with
                {
                    Containers = [.. pod.Spec.Containers.Select(c => WithDefaults(c, item, "container", notes))],
                    InitContainers = [.. pod.Spec.InitContainers.Select(c => WithDefaults(c, item, "init container", notes))],
                },
            };
        }

        if (notes.Count > 0)
        {
            var annotations = new Dictionary<string, string>(pod.Metadata.Annotations) { [Annotation] = "LimitRanger plugin set: " + string.Join("; ", notes) };
            request.Object = pod with { Metadata = pod.Metadata with { Annotations = annotations } };
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        var errors = request switch
        {
            { Verb: AdmissionVerb.Create, Subresource: "", Object: Pod pod } => PodErrors(request, pod),
            { Verb: AdmissionVerb.Update, Subresource: "resize", Object: Pod pod } => PodErrors(request, pod),
            { Verb: AdmissionVerb.Create or AdmissionVerb.Update, Subresource: "", Object: PersistentVolumeClaim claim } => ClaimErrors(request, claim),
            _ => [],
        };
        var all = errors.Distinct().ToList();
        return all.Count == 0 ? ValueTask.CompletedTask : throw request.Forbidden(all.Count == 1 ? all[0] : $"[{string.Join(", ", all)}]");
    }

    private IEnumerable<LimitRange> Ranges(AdmissionRequest request) =>
        objects.List<LimitRange>().Where(r => r.Metadata.Namespace == request.Key.Namespace && r.Metadata.DeletionTimestamp is null);

    private static Container WithDefaults(Container container, LimitRangeItem item, string what, List<string> notes)
    {
        var (limits, requests) = (Filled(container.Resources.Limits, item.Default), Filled(container.Resources.Requests, item.DefaultRequest));
        Note("request", requests, container.Resources.Requests);
        Note("limit", limits, container.Resources.Limits);
        return container with { Resources = container.Resources with { Limits = limits, Requests = requests } };

        void Note(string of, IReadOnlyDictionary<string, Quantity> now, IReadOnlyDictionary<string, Quantity> before)
        {
            var added = now.Keys.Except(before.Keys).Order(StringComparer.Ordinal).ToList();
            if (added.Count > 0)
                notes.Add($"{string.Join(", ", added)} {of} for {what} {container.Name}");
        }
    }

    private static IReadOnlyDictionary<string, Quantity> Filled(IReadOnlyDictionary<string, Quantity> given, IReadOnlyDictionary<string, Quantity> defaults)
    {
        if (defaults.Keys.All(given.ContainsKey))
            return given;

        var filled = new Dictionary<string, Quantity>(given);
        foreach (var (name, value) in defaults)
            filled.TryAdd(name, value);
        return filled;
    }

    private IEnumerable<string> PodErrors(AdmissionRequest request, Pod pod)
    {
        foreach (var item in Ranges(request).SelectMany(r => r.Spec.Limits))
        {
            if (item.Type == "Container")
            {
                foreach (var error in pod.Spec.Containers.Concat(pod.Spec.InitContainers).SelectMany(c => LimitChecks.Check(item, c.Resources.Requests, c.Resources.Limits)))
                    yield return error;
            }
            else if (item.Type == "Pod")
            {
                foreach (var error in LimitChecks.Check(item, LimitChecks.Total(pod.Spec, r => r.Requests), LimitChecks.Total(pod.Spec, r => r.Limits)))
                    yield return error;
            }
        }
    }

    private IEnumerable<string> ClaimErrors(AdmissionRequest request, PersistentVolumeClaim claim) =>
        Ranges(request).SelectMany(r => r.Spec.Limits)
            .Where(i => i.Type == "PersistentVolumeClaim")
            .SelectMany(i => LimitChecks.CheckRequests(i, claim.Spec.Resources.Requests));
}
