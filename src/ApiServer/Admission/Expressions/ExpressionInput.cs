using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.Policies;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>A request as expressions see it, in one version of its resource. Documents are made once.</summary>
/// <param name="isDraft">Whether the object may still be changed.</param>
/// <param name="ns">The request's namespace; absent for what is not within one.</param>
internal sealed class ExpressionInput(AdmissionRequest request, ServedResource form, bool isDraft, Namespace? ns, IAuthorizer authorizer)
{
    private readonly CelValue _old = Read(MutableForm.Final(request, form, request.Old), form, request);
    private readonly CelValue _request = CelJson.Read(JsonNode.Parse(Json.Encode(ReviewBody.Describe(request, form))), AdmissionExpressions.Request);
    private readonly CelValue _namespace = ns is null ? default : CelJson.Read(JsonNode.Parse(Json.Encode(ns)), AdmissionExpressions.Namespaces);
    private IObject? _shown;
    private CelValue _object;

    public ServedResource Form => form;

    /// <summary>The values of the variables every expression has. The object is the request's as it is now.</summary>
    /// <param name="parameters">The object of <c>params</c>; absent is null.</param>
    public CelBindings Bindings(JsonNode? parameters = null)
    {
        if (!ReferenceEquals(_shown, request.Object))
        {
            _object = Read(isDraft ? MutableForm.Draft(request, form) : MutableForm.Final(request, form, request.Object), form, request);
            _shown = request.Object;
        }

        var questions = new AccessQuestions(authorizer, request.User);
        return new CelBindings()
            .Set("object", _object)
            .Set("oldObject", _old)
            .Set("request", _request)
            .Set("namespaceObject", _namespace)
            .Set("params", CelJson.Read(parameters, CelType.Dyn))
            .Set("authorizer", CelAuthorizers.Authorizer(questions))
            .Set("authorizer.requestResource", CelAuthorizers.RequestResource(questions, new("", null, null)
            {
                Group = form.Type.Group,
                Resource = form.Type.Plural,
                Subresource = request.Subresource,
                Namespace = request.Key.Namespace,
                Name = request.Key.Name,
            }));
    }

    private static CelValue Read(IObject? obj, ServedResource form, AdmissionRequest request) =>
        obj is null ? default : CelJson.Read(JsonNode.Parse(ReviewBody.Encode(obj, form, request.BodyType)), CelType.Dyn);
}
