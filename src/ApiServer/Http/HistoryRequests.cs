using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.History;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>The requests about the past of objects, which no other Kubernetes has: see docs/undo.md.</summary>
/// <remarks>They are authorized here, for each needs rights of its own: always the verb <c>undo</c>, and what reading or writing needs besides.</remarks>
internal sealed class HistoryRequests(IResourceVerbs verbs, ObjectHistory? history, Gate gate, AnswerWriter answers, TimeProvider clock)
{
    public const string Verb = "undo";

    internal enum Sort
    {
        /// <summary><c>GET …/NAME?resourceVersion=N&amp;resourceVersionMatch=Exact</c></summary>
        Version,

        /// <summary><c>GET …/NAME/history</c></summary>
        Versions,

        /// <summary><c>GET …/RESOURCE?deleted=true</c></summary>
        Deleted,

        /// <summary><c>POST …/NAME/restore</c></summary>
        Restore,
    }

    /// <returns>Null if the request is not about the past.</returns>
    public PastRequest? Find(RequestInfo info, IQueryCollection query)
    {
        if (history is null || !info.IsResource)
            return null;

        // The form first: nearly every request is about the present and needs no look at the resource.
        Sort? sort = info switch
        {
            { Subresource: "history", HasNameInPath: true, Parts.Count: 3 } => Sort.Versions,
            { Subresource: "restore", HasNameInPath: true, Parts.Count: 3 } => Sort.Restore,
            { Subresource: "", HasNameInPath: true, Verb: "get" } when QueryOptions.Text(query, "resourceVersionMatch") == "Exact" => Sort.Version,
            { Subresource: "", HasNameInPath: false, Verb: "list" or "watch" or "deletecollection" } when RequestInfo.Flag(query, "deleted") => Sort.Deleted,
            _ => null,
        };
        if (sort is not { } found || verbs.Find(info.Group, info.Version, info.Resource) is not { IsStored: true } resource)
            return null;

        // What a resource has by itself under such a name is its own.
        return resource.Subresources.ContainsKey(info.Subresource) ? null : new(found, resource);
    }

    public async Task HandleAsync(ApiCall call, PastRequest request)
    {
        var (sort, resource) = request;
        await AuthorizeAsync(call, sort);
        ResourceRequests.CheckScope(call.Info with { Parts = [.. call.Info.Parts.Take(2)] }, resource);
        await (sort switch
        {
            Sort.Version => VersionAsync(call, resource),
            Sort.Versions => VersionsAsync(call, resource),
            Sort.Deleted => DeletedAsync(call, resource),
            _ => RestoreAsync(call, resource),
        });
    }

    private async Task AuthorizeAsync(ApiCall call, Sort sort)
    {
        await gate.AuthorizeAsync(Asks(call, Verb), call.Notes, call.Aborted);
        await gate.AuthorizeAsync(Asks(call, sort is Sort.Deleted ? call.Info.Verb : "get"), call.Notes, call.Aborted);
    }

    private static AccessRequest Asks(ApiCall call, string verb) => Gate.RequestOf(call.User, call.Info with { Verb = verb, Subresource = "" });

    private async Task VersionAsync(ApiCall call, ServedResource resource)
    {
        var version = ListRules.ParseVersion(QueryOptions.Text(call.Request.Query, "resourceVersion"));
        if (version == 0)
        {
            var findings = new Findings();
            findings.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" needs a resourceVersion other than \"0\"");
            throw ApiException.Invalid("meta.k8s.io", "GetOptions", "", findings);
        }

        if (resource.Custom is not null)
            call = ResourceRequests.Custom(call, resource);
        AnswerWriter.CheckForm(call, resource);
        await answers.ObjectAsync(call, await history!.FindAsync(resource, KeyOf(call, resource), version, call.Aborted), StatusCodes.Status200OK);
    }

    private async Task VersionsAsync(ApiCall call, ServedResource resource)
    {
        CheckMethod(call, "get", "GET");
        var writer = Writer(call);
        var options = QueryOptions.List(call.Info, call.Request.Query);
        var page = await history!.VersionsAsync(resource, KeyOf(call, resource), (int)Math.Clamp(options.Limit, 0, int.MaxValue), options.Continue, call.Aborted);
        await AnswerAsync(call, writer.List(page, isOfOne: true));
    }

    private async Task DeletedAsync(ApiCall call, ServedResource resource)
    {
        CheckMethod(call, "list", "GET");
        var writer = Writer(call);
        await AnswerAsync(call, writer.List(await history!.DeletedAsync(resource, QueryOptions.List(call.Info, call.Request.Query), call.Aborted), isOfOne: false));
    }

    private async Task RestoreAsync(ApiCall call, ServedResource resource)
    {
        CheckMethod(call, "create", "POST");
        if (resource.Custom is not null)
            call = ResourceRequests.Custom(call, resource);
        AnswerWriter.CheckForm(call, resource);
        var options = QueryOptions.Write(call, "CreateOptions");
        var body = await RequestBody.ReadAsync(call.Request, call.Aborted);
        var revision = RestoreBody.Read(body, call.Request.ContentType ?? "", QueryOptions.Text(call.Request.Query, "resourceVersion"), options);
        var request = new RestoreRequest(revision, verb => gate.AuthorizeAsync(verb == "create" ? Asks(call, verb) with { Name = "" } : Asks(call, verb), call.Notes, call.Aborted));
        var (obj, isNew) = await history!.RestoreAsync(resource, KeyOf(call, resource), request, options, call.Aborted);
        await answers.ObjectAsync(call, obj, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private VersionWriter Writer(ApiCall call)
    {
        if (call.Form.Shape is Shape.Partial or Shape.PartialList)
            throw ApiException.NotAcceptable(Negotiation.Bodies);
        return new(call.Form, TableWriter.CheckInclude(QueryOptions.Text(call.Request.Query, "includeObject")), clock.GetUtcNow());
    }

    private static Task AnswerAsync(ApiCall call, ReadOnlyMemory<byte> json)
    {
        call.Notes.Audit?.Answered(json);
        // These lists have no protobuf form; who takes another gets that.
        var form = call.Form.WireFormat == WireFormat.Protobuf ? Negotiation.ChooseWithoutProtobuf(call.Accept, call.Form.IsPretty) : call.Form;
        return AnswerWriter.JsonAsync(call.Context, form, json, StatusCodes.Status200OK, call.Aborted);
    }

    private static void CheckMethod(ApiCall call, string verb, string method)
    {
        if (call.Info.Verb == verb && !HttpMethods.IsHead(call.Request.Method))
            return;

        call.Response.Headers.Allow = method;
        throw new ApiException(ApiException.Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", StatusDetails.Empty));
    }

    private static ObjectKey KeyOf(ApiCall call, ServedResource resource) => new(resource.Type.Namespaced ? call.Info.Namespace : "", call.Info.Name);
}

/// <summary>A request about the past: what it asks, and of which resource.</summary>
internal sealed record PastRequest(HistoryRequests.Sort Sort, ServedResource Resource);
