using KubeSharp.Machinery.Cel;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Objects.Policies;

/// <summary>What expressions of admission policies and of webhooks may use.</summary>
public static class AdmissionExpressions
{
    private static readonly CelType Kinds = Object("kubernetes.GroupVersionKind", () => [new("group", Text), new("version", Text), new("kind", Text)]);

    private static readonly CelType Resources = Object("kubernetes.GroupVersionResource", () => [new("group", Text), new("version", Text), new("resource", Text)]);

    private static readonly CelType Users = Object(
        "kubernetes.UserInfo", () => [new("username", Text), new("uid", Text), new("groups", List(Text)), new("extra", Map(Text, List(Text)))]);

    private static readonly CelType NamespaceMetadata = Object("kubernetes.NamespaceMetadata", () =>
    [
        new("name", Text), new("generateName", Text), new("namespace", Text), new("labels", Map(Text, Text)), new("annotations", Map(Text, Text)), new("UID", "uid", Text),
        new("creationTimestamp", CelType.Timestamp), new("deletionGracePeriodSeconds", Int), new("deletionTimestamp", CelType.Timestamp), new("generation", Int), new("resourceVersion", Text),
        new("finalizers", List(Text)),
    ]);

    private static readonly CelType NamespaceCondition = Object("kubernetes.NamespaceCondition", () =>
    [
        new("status", Text), new("type", Text), new("lastTransitionTime", CelType.Timestamp), new("message", Text), new("reason", Text),
    ]);

    /// <summary>The request without its objects, which are variables of their own.</summary>
    public static CelType Request { get; } = Object("kubernetes.AdmissionRequest", () =>
    [
        new("kind", Kinds), new("resource", Resources), new("subResource", Text), new("requestKind", Kinds), new("requestResource", Resources), new("requestSubResource", Text),
        new("name", Text), new("namespace", Text), new("operation", Text), new("userInfo", Users), new("dryRun", Bool), new("options", Dyn),
    ]);

    public static CelType Namespaces { get; } = Object("kubernetes.Namespace", () =>
    [
        new("metadata", NamespaceMetadata),
        new("spec", Object("kubernetes.NamespaceSpec", () => [new("finalizers", List(Text))])),
        new("status", Object("kubernetes.NamespaceStatus", () => [new("conditions", List(NamespaceCondition)), new("phase", Text)])),
    ]);

    /// <summary>For the match conditions of webhooks: there are no parameters and no variables. Nothing more may be declared in it.</summary>
    public static CelEnvironment ForWebhooks { get; } = Create(hasParams: false);

    public static CelEnvironment Create(bool hasParams) => Create(Dyn, hasParams ? Dyn : null);

    /// <param name="obj">The type of <c>object</c> and <c>oldObject</c>.</param>
    /// <param name="parameters">The type of <c>params</c>; absent: there is no such variable.</param>
    public static CelEnvironment Create(CelType obj, CelType? parameters) => CreateBare(obj, parameters)
        .Variable("authorizer", CelAuthorizers.AuthorizerType)
        .Variable("authorizer.requestResource", CelAuthorizers.ResourceCheckType);

    /// <summary>For messages: whoever is refused learns nothing of others' rights, so there is no authorizer.</summary>
    public static CelEnvironment CreateForMessages(bool hasParams) => CreateBare(Dyn, hasParams ? Dyn : null);

    private static CelEnvironment CreateBare(CelType obj, CelType? parameters)
    {
        var environment = CelEnvironment.Kubernetes()
            .WithAuthorizer()
            .Variable("object", obj)
            .Variable("oldObject", obj)
            .Variable("request", Request)
            .Variable("namespaceObject", Namespaces);
        return parameters is null ? environment : environment.Variable("params", parameters);
    }
}
