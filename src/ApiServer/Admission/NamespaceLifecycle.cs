using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

/// <summary>Nothing comes into a namespace that is not there or is going; the namespaces of the system stay.</summary>
internal sealed class NamespaceLifecycle(IObjects objects) : IAdmission
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Verb != AdmissionVerb.Create || request.Key.Namespace.Length == 0)
            return;

        var name = request.Key.Namespace;
        var ns = await objects.FindAsync<Namespace>(new("", name), ct) ?? throw NotFound(name);
        if (ns.Metadata.DeletionTimestamp is not null || ns.Status.Phase == "Terminating")
            throw Terminating(request, name);
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request is { Verb: AdmissionVerb.Delete, Resource.Type: { Group: "", Plural: "namespaces" } } && Immortal.Contains(request.Key.Name))
            throw request.Forbidden("this namespace may not be deleted");
        return ValueTask.CompletedTask;
    }

    private ApiException NotFound(string name)
    {
        var plain = ApiException.NotFound("", "namespaces", name);
        var hint = Spelling.Nearest(name, objects.List<Namespace>().Select(n => n.Metadata.Name));
        return hint is null ? plain : new(plain.Status with { Message = $"{plain.Message} (did you mean \"{hint}\"?)" });
    }

    private static ApiException Terminating(AdmissionRequest request, string ns)
    {
        var plain = request.Forbidden($"unable to create new content in namespace {ns} because it is being terminated").Status;
        return new(plain with
        {
            Details = plain.Details! with
            {
                Causes = [new() { Reason = "NamespaceTerminating", Message = $"namespace {ns} is being terminated", Field = "metadata.namespace" }],
            },
        });
    }
}
