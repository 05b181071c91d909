using KubeSharp.ApiServer.CustomResources;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Reviews;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>Carries the verbs of resources from HTTP to <see cref="IResourceVerbs"/> and their answers back.</summary>
internal sealed class ResourceRequests(
    IResourceVerbs verbs, AccessReviews? reviews, StoredSubresources? stored, ConnectionTable connections, AnswerWriter answers, ComponentStatuses components, Gate gate)
{
    /// <summary>Kinds whose DELETE answers the last state of an object that is gone; others answer a Status (upstream's <c>ReturnDeletedObject</c>).</summary>
    private static readonly HashSet<string> AnswersDeleted =
    [
        "Pod", "Service", "ServiceAccount", "PodTemplate", "ResourceQuota", "PersistentVolume", "PersistentVolumeClaim",
        "StorageClass", "VolumeAttachment", "CSINode", "CSIDriver", "CSIStorageCapacity",
    ];

    /// <summary>Whether the path is of a resource and subresource that exist.</summary>
    public bool Serves(RequestInfo info) => info.IsResource && verbs.Find(info.Group, info.Version, info.Resource) is { } resource
        && (info.Subresource.Length == 0 || resource.Subresources.ContainsKey(info.Subresource));

    public async Task HandleAsync(ApiCall call)
    {
        var info = call.Info;
        var resource = verbs.Find(info.Group, info.Version, info.Resource) ?? throw NoSuchPath.Of(info, verbs.All);
        CheckScope(info, resource);
        if (resource.Custom is not null)
            call = Custom(call, resource);
        if (info.Subresource.Length > 0)
        {
            await SubresourceAsync(call, resource);
            return;
        }

        // A collection cannot be put or patched, and nothing can be posted to an object.
        var isFitting = info.HasNameInPath ? info.Verb is "get" or "update" or "patch" or "delete" or "watch" : info.Verb is not ("update" or "patch");
        CheckVerb(call, resource.Type, isFitting ? info.Verb : "");
        AnswerWriter.CheckForm(call, resource);
        if (ComponentStatuses.Serves(resource))
        {
            await components.HandleAsync(call, resource);
            return;
        }

        await (info.Verb switch
        {
            "get" => GetAsync(call, resource),
            "list" => ListAsync(call, resource),
            "watch" => WatchAsync(call, resource),
            "create" => CreateAsync(call, resource),
            "update" => UpdateAsync(call, resource),
            "patch" => PatchAsync(call, resource),
            "delete" => DeleteAsync(call, resource),
            _ => DeleteCollectionAsync(call, resource),
        });
    }

    /// <summary>Custom resources have no protobuf form; who takes another gets that.</summary>
    internal static ApiCall Custom(ApiCall call, ServedResource resource)
    {
        if (((CustomKind)resource.Kind).DeprecationWarning is { } warning)
        {
            call.Warn(warning);
            call.Notes.Audit?.Annotate("k8s.io/deprecated", "true");
        }

        return call.Form is { WireFormat: WireFormat.Protobuf, Shape: Shape.Whole }
            ? call with { Form = Negotiation.ChooseWithoutProtobuf(call.Accept, call.Form.IsPretty, call.MayBeCbor) }
            : call;
    }

    private async Task SubresourceAsync(ApiCall call, ServedResource resource)
    {
        var info = call.Info;
        if (!resource.Subresources.TryGetValue(info.Subresource, out var type))
            throw NoSuchPath.OfSubresource(info, resource);

        if (connections.Find(info) is { } connection)
        {
            if (ConnectionBody.Of(call, resource) is { } asked)
                await verbs.ConnectAsync(resource, KeyOf(info, resource), info.Subresource, asked, QueryOptions.Bare(call), call.Aborted);
            await connection.HandleAsync(call, resource);
            return;
        }

        if (info.Parts.Count > 3)
            throw ApiException.NoSuchPath();

        CheckVerb(call, type, info.Verb);
        AnswerWriter.CheckForm(call, resource);
        if (stored?.Find(resource, info.Subresource) is { } rules)
        {
            await StoredSubresource.HandleAsync(call, resource, rules, answers);
            return;
        }

        if (type.Kind != resource.Type.Kind)
            throw NoSuchPath.OfSubresource(info, resource);

        await (info.Verb switch
        {
            "get" => GetAsync(call, resource),
            "update" => UpdateAsync(call, resource),
            "patch" => PatchAsync(call, resource),
            _ => throw NotAllowed(call, type),
        });
    }

    internal static void CheckScope(RequestInfo info, ServedResource resource)
    {
        var isNamespaced = resource.Type.Namespaced;
        if (!isNamespaced && info.Namespace.Length > 0 && info.Resource != "namespaces")
            throw ApiException.NoSuchPath($"{resource.Type.QualifiedPlural} are not namespaced");
        if (isNamespaced && info.Namespace.Length == 0 && info.HasNameInPath && info.Verb != "watch")
            throw ApiException.NoSuchPath($"{resource.Type.QualifiedPlural} are namespaced");
        if (info.Subresource.Length == 0 && info.Parts.Count > 2)
            throw ApiException.NoSuchPath();
    }

    private static void CheckVerb(ApiCall call, ResourceType type, string verb)
    {
        var lacksNamespace = type.Namespaced && call.Info.Namespace.Length == 0 && (verb is "create" or "deletecollection");
        if (!type.Verbs.Contains(verb) || lacksNamespace || HttpMethods.IsHead(call.Request.Method))
            throw NotAllowed(call, type);
    }

    private static ApiException NotAllowed(ApiCall call, ResourceType type)
    {
        var isObject = call.Info.HasNameInPath;
        string[] methods =
        [
            .. Allowed("GET", isObject ? "get" : "list"),
            .. Allowed("POST", isObject && type.Subresource.Length == 0 ? "" : "create"),
            .. Allowed("PUT", isObject ? "update" : ""),
            .. Allowed("PATCH", isObject ? "patch" : ""),
            .. Allowed("DELETE", isObject ? "delete" : "deletecollection"),
        ];
        call.Response.Headers.Allow = string.Join(", ", methods);
        return new(ApiException.Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", StatusDetails.Empty));

        IEnumerable<string> Allowed(string method, string verb) => type.Verbs.Contains(verb) ? [method] : [];
    }

    private static ObjectKey KeyOf(RequestInfo info, ServedResource resource) => new(resource.Type.Namespaced ? info.Namespace : "", info.Name);

    private async Task GetAsync(ApiCall call, ServedResource resource)
    {
        var version = QueryOptions.Text(call.Request.Query, "resourceVersion");
        var found = await verbs.GetAsync(resource, KeyOf(call.Info, resource), version, call.Aborted);
        await answers.ObjectAsync(call, found, StatusCodes.Status200OK);
    }

    private async Task ListAsync(ApiCall call, ServedResource resource)
    {
        if (call.Form.Shape == Shape.Table)
            _ = answers.TableFor(call, resource); // refuses before the work
        var options = QueryOptions.List(call.Info, call.Request.Query) with
        {
            MayReadPast = ct => gate.MayAsync(Gate.RequestOf(call.User, call.Info with { Verb = HistoryRequests.Verb }), ct),
        };
        await answers.ListAsync(call, await verbs.ListAsync(resource, options, call.Aborted));
    }

    private Task WatchAsync(ApiCall call, ServedResource resource)
    {
        var options = QueryOptions.List(call.Info, call.Request.Query);
        return new WatchStream(call, resource, answers).RunAsync(verbs.WatchAsync(resource, options, call.Aborted));
    }

    private async Task CreateAsync(ApiCall call, ServedResource resource)
    {
        if (stored?.Find(resource, "") is { } rules)
        {
            await StoredSubresource.HandleAsync(call, resource, rules, answers);
            return;
        }

        if (resource.StoragePrefix.Length == 0 && call.Form.Shape == Shape.Table)
            call = call with { Form = Negotiation.ChooseWithoutTable(call.Accept, call.Form.IsPretty, call.MayBeCbor) }; // a review is no row
        var options = QueryOptions.Write(call, "CreateOptions");
        var posted = InNamespace(await ReadAsync(call, resource, options), call.Info, resource);
        call.Notes.Audit?.Asked(posted, resource.Kind);
        if (resource.StoragePrefix.Length == 0 && reviews is not null && await reviews.AnswerAsync(posted, call.User, call.Info.Namespace, call.Aborted) is { } answered)
        {
            await AnswerWriter.UnstoredAsync(call, resource.Kind.Codec, answered, StatusCodes.Status201Created);
            return;
        }

        var created = await verbs.CreateAsync(resource, posted, options, call.Aborted);
        await answers.ObjectAsync(call, created, StatusCodes.Status201Created);
    }

    private async Task UpdateAsync(ApiCall call, ServedResource resource)
    {
        var options = QueryOptions.Write(call, "UpdateOptions");
        var posted = await ReadAsync(call, resource, options);
        call.Notes.Audit?.Asked(posted, resource.Kind);
        var (obj, isNew) = await verbs.UpdateAsync(resource, KeyOf(call.Info, resource), call.Info.Subresource, posted, options, call.Aborted);
        await answers.ObjectAsync(call, obj, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task PatchAsync(ApiCall call, ServedResource resource)
    {
        var options = QueryOptions.Write(call, "PatchOptions");
        var patch = await PatchReader.ReadAsync(call, resource);
        var (obj, isNew) = await verbs.PatchAsync(resource, KeyOf(call.Info, resource), call.Info.Subresource, patch, options, call.Aborted);
        await answers.ObjectAsync(call, obj, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task DeleteAsync(ApiCall call, ServedResource resource)
    {
        var (body, options) = await ReadDeleteAsync(call, resource);
        var answer = await verbs.DeleteAsync(resource, KeyOf(call.Info, resource), body, options, call.Aborted);
        if (!answer.IsGone || AnswersDeleted.Contains(resource.Type.Kind))
        {
            await answers.ObjectAsync(call, answer.Object, StatusCodes.Status200OK);
            return;
        }

        var success = new Status
        {
            Kind = "Status",
            ApiVersion = "v1",
            StatusValue = "Success",
            Details = new() { Name = call.Info.Name, Group = resource.Type.Group, Kind = resource.Type.Plural, Uid = answer.Object.Object.Metadata.Uid },
        };
        call.Notes.Audit?.Answered(success);
        await AnswerWriter.StatusAsync(call.Context, call.Form.Plain, success, StatusCodes.Status200OK, call.Aborted);
    }

    private async Task DeleteCollectionAsync(ApiCall call, ServedResource resource)
    {
        var which = QueryOptions.List(call.Info, call.Request.Query);
        var (body, options) = await ReadDeleteAsync(call, resource);
        await answers.ListAsync(call, await verbs.DeleteCollectionAsync(resource, which, body, options, call.Aborted));
    }

    private static async Task<IObject> ReadAsync(ApiCall call, ServedResource resource, WriteOptions options)
    {
        var body = await RequestBody.ReadAsync(call.Request, call.Aborted);
        BodyMetrics.Read(resource.Type, call.Info.Verb, body.Length);
        return BodyDecoder.Decode(body, call.Request.ContentType ?? "", resource.Kind.Codec, options.FieldValidation, call.Warn);
    }

    private static async Task<(DeleteOptions Body, WriteOptions Options)> ReadDeleteAsync(ApiCall call, ServedResource resource)
    {
        var body = await RequestBody.ReadAsync(call.Request, call.Aborted);
        BodyMetrics.Read(resource.Type, "delete", body.Length);
        var delete = QueryOptions.Delete(body, call.Request.ContentType ?? "", call.Request.Query);
        if (!body.IsEmpty)
            call.Notes.Audit?.Asked(delete);
        return (delete, QueryOptions.Bare(call) with { IsDryRun = delete.DryRun.Count > 0 });
    }

    /// <summary>The namespace of the path, which a posted object may leave out but not contradict.</summary>
    private static IObject InNamespace(IObject posted, RequestInfo info, ServedResource resource)
    {
        if (!resource.Type.Namespaced || posted.Metadata.Namespace == info.Namespace)
            return posted;
        if (posted.Metadata.Namespace.Length > 0)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        return posted.CopyWith(posted.Metadata with { Namespace = info.Namespace });
    }
}
