using KubeSharp.ApiServer.Registry;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>The deprecated <c>componentstatuses</c>: not stored, but found out when asked for.</summary>
/// <remarks>Only the store is told of. The other parts are looked at through ports of their own, which a server that holds them all does not have.</remarks>
internal sealed class ComponentStatuses(IReadOnlyList<HealthCheck> checks, AnswerWriter answers)
{
    private const string Store = "etcd-0";

    public static bool Serves(ServedResource resource) => resource.Type is { Group: "", Plural: "componentstatuses" };

    public async Task HandleAsync(ApiCall call, ServedResource resource)
    {
        call.Warn("v1 ComponentStatus is deprecated in v1.19+");
        if (call.Info.Verb == "list")
            await answers.ListAsync(call, new(resource, [await StoreAsync(resource, call.Aborted)], ""));
        else if (call.Info.Name == Store)
            await answers.ObjectAsync(call, await StoreAsync(resource, call.Aborted), StatusCodes.Status200OK);
        else
            throw ApiException.NotFound("", resource.Type.Plural, call.Info.Name);
    }

    private async Task<StoredObject> StoreAsync(ServedResource resource, CancellationToken ct)
    {
        var check = checks.FirstOrDefault(c => c.Name == "etcd");
        var fault = check is null ? null : await check.Find(ct);
        var status = new ComponentStatus
        {
            Metadata = new() { Name = Store },
            Conditions = [new() { Type = "Healthy", Status = fault is null ? "True" : "False", Message = fault is null ? "ok" : "", Error = fault is null ? "" : "the store is not well; the server's log says why" }],
        };
        return StoredObject.Of(resource, new("", Store), "", 0, Json.EncodeObject(status.WithTypeMeta()));
    }
}
