using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AuthenticationV1;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary><c>serviceaccounts/x/token</c>: a signed token for an account. Nothing is stored.</summary>
internal sealed class TokenSubresource(Resources resources, IObjects objects, AdmissionChain admission, ITokenIssuer issuer) : IStoredSubresource
{
    public ObjectCodec Codec { get; } = new ObjectCodec<TokenRequest>();

    public bool Serves(ServedResource resource, string subresource) => (resource.Type.Group, resource.Type.Plural, subresource) == ("", "serviceaccounts", "token");

    public async Task<SubresourceAnswer> HandleAsync(SubresourceCall call, CancellationToken ct)
    {
        if (call.Verb != SubresourceVerb.Create)
            throw ApiException.MethodNotAllowed("update", "", "serviceaccounts");

        var account = await objects.FindAsync<ServiceAccount>(call.Key, ct) ?? throw ApiException.NotFound("", "serviceaccounts", call.Key.Name);
        var request = (TokenRequest)call.Posted!;
        if (Identities.NodeName(call.Options.User) is { } node)
            await CheckNodeAsync(call, request, node, ct);
        request = await AdmittedAsync(request, call, ct);

        var issued = await issuer.IssueAsync(account, request, ct);
        var metadata = issued.Metadata with
        {
            Name = call.Key.Name,
            Namespace = call.Key.Namespace,
            CreationTimestamp = issued.Metadata.CreationTimestamp ?? IssuedAt(issued),
        };
        return new(201, issued with { Kind = "TokenRequest", ApiVersion = "authentication.k8s.io/v1", Metadata = metadata });
    }

    private async Task<TokenRequest> AdmittedAsync(TokenRequest asked, SubresourceCall call, CancellationToken ct)
    {
        var request = new AdmissionRequest(AdmissionVerb.Create, resources.Of<ServiceAccount>(), "token", call.Key, call.Options) { Object = asked, BodyType = Codec.Type };
        await admission.AdmitAsync(request, ct);
        await admission.ValidateAsync(request, ct);
        return (TokenRequest)request.Object;
    }

    private static DateTimeOffset? IssuedAt(TokenRequest issued) =>
        issued.Status.ExpirationTimestamp is { } end && issued.Spec.ExpirationSeconds is { } seconds ? end.AddSeconds(-seconds) : null;

    /// <summary>A node's agent gets tokens only for pods that run on it (NodeRestriction).</summary>
    private async Task CheckNodeAsync(SubresourceCall call, TokenRequest request, string node, CancellationToken ct)
    {
        if (request.Spec.BoundObjectRef is not { Kind: "Pod", ApiVersion: "v1" } bound || bound.Name.Length == 0)
            throw Forbidden("node requested token not bound to a pod");

        var pod = await objects.FindAsync<Pod>(new(call.Key.Namespace, bound.Name), ct) ?? throw ApiException.NotFound("", "pods", bound.Name);
        if (bound.Uid != pod.Metadata.Uid)
            throw Forbidden($"the UID in the bound object reference ({bound.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
        if (pod.Spec.NodeName != node)
            throw Forbidden("node requested token bound to a pod scheduled on a different node");

        ApiException Forbidden(string why) => ApiException.Forbidden("", "serviceaccounts", call.Key.Name, why);
    }
}
