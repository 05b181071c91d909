using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Questions to the authorizer: <c>authorizer.group('').resource('pods').namespace('x').check('create').allowed()</c>.</summary>
internal static class AuthorizerLibrary
{
    internal static readonly CelType Authorizer = Opaque("kubernetes.authorization.Authorizer");
    internal static readonly CelType ResourceCheck = Opaque("kubernetes.authorization.ResourceCheck");
    private static readonly CelType PathCheck = Opaque("kubernetes.authorization.PathCheck");
    private static readonly CelType GroupCheck = Opaque("kubernetes.authorization.GroupCheck");
    private static readonly CelType Decision = Opaque("kubernetes.authorization.Decision");

    public static void AddTo(Declarations d)
    {
        d.Member("path", "authorizer_path", [Authorizer, Text], PathCheck, a => IsBlank(a[1]) ? CelValue.Error("path must not be empty") : Ask(a[0], PathCheck, r => r with { Path = "" }, a[1], (r, text) => r with { Path = text }));
        d.Member("group", "authorizer_group", [Authorizer, Text], GroupCheck, a => Ask(a[0], GroupCheck, r => r, a[1], (r, text) => r with { Group = text }));
        d.Member("serviceAccount", "authorizer_serviceaccount", [Authorizer, Text, Text], Authorizer, ServiceAccount);
        d.Member("resource", "groupcheck_resource", [GroupCheck, Text], ResourceCheck, a => IsBlank(a[1]) ? CelValue.Error("resource must not be empty") : Ask(a[0], ResourceCheck, r => r, a[1], (r, text) => r with { Resource = text }));
        With(d, "subresource", "resourcecheck_subresource", (r, text) => r with { Subresource = text });
        With(d, "namespace", "resourcecheck_namespace", (r, text) => r with { Namespace = text });
        With(d, "name", "resourcecheck_name", (r, text) => r with { Name = text });
        With(d, "fieldSelector", "authorizer_fieldselector", (r, text) => r with { FieldSelector = text });
        With(d, "labelSelector", "authorizer_labelselector", (r, text) => r with { LabelSelector = text });
        d.Member("check", "pathcheck_check", [PathCheck, Text], Decision, Check);
        d.Member("check", "resourcecheck_check", [ResourceCheck, Text], Decision, Check);
        d.Member("errored", "decision_errored", [Decision], Bool, a => CelValue.Of(Of(a[0]).Error.Length > 0));
        d.Member("error", "decision_error", [Decision], Text, a => CelValue.Of(Of(a[0]).Error));
        d.Member("allowed", "decision_allowed", [Decision], Bool, a => CelValue.Of(Of(a[0]).Allowed));
        d.Member("reason", "decision_reason", [Decision], Text, a => CelValue.Of(Of(a[0]).Reason));
    }

    /// <summary>The value of the variable <c>authorizer</c>, or of <c>authorizer.requestResource</c> if a request is given.</summary>
    public static CelValue Value(ICelAuthorizer authorizer, CelAuthorizationRequest? request) =>
        CelValue.Of(new Question(request is null ? Authorizer : ResourceCheck, authorizer, request ?? new("", null, null)));

    private static bool IsBlank(CelValue text) => string.IsNullOrWhiteSpace(text.AsText);

    private static CelDecision Of(CelValue value) => ((Answer)value.AsOpaque).Decision;

    private static void With(Declarations d, string name, string id, Func<CelAuthorizationRequest, string, CelAuthorizationRequest> change) =>
        d.Member(name, id, [ResourceCheck, Text], ResourceCheck, a => Ask(a[0], ResourceCheck, r => r, a[1], change));

    private static CelValue Ask(
        CelValue value,
        CelType type,
        Func<CelAuthorizationRequest, CelAuthorizationRequest> prepare,
        CelValue text,
        Func<CelAuthorizationRequest, string, CelAuthorizationRequest> change)
    {
        var question = (Question)value.AsOpaque;
        return CelValue.Of(new Question(type, question.Host, change(prepare(question.Request), text.AsText)));
    }

    private static CelValue ServiceAccount(ReadOnlySpan<CelValue> args)
    {
        var (account, name) = (args[1].AsText, args[2].AsText);
        if (NameRules.Dns1123Subdomain(name).Any())
            return CelValue.Error("Invalid service account name");
        if (NameRules.Dns1123Label(account).Any())
            return CelValue.Error("Invalid service account namespace");
        var question = (Question)args[0].AsOpaque;
        return CelValue.Of(new Question(Authorizer, question.Host, question.Request with { ServiceAccount = (account, name) }));
    }

    private static CelValue Check(ReadOnlySpan<CelValue> args)
    {
        var question = (Question)args[0].AsOpaque;
        return CelValue.Of(new Answer(question.Host.Authorize(question.Request with { Verb = args[1].AsText })));
    }

    private sealed class Question(CelType type, ICelAuthorizer host, CelAuthorizationRequest request) : CelOpaque
    {
        public ICelAuthorizer Host { get; } = host;

        public CelAuthorizationRequest Request { get; } = request;

        public override CelType Type { get; } = type;

        public override bool IsEqual(CelOpaque other) => other is Question question && Host == question.Host && Request == question.Request;
    }

    private sealed class Answer(CelDecision decision) : CelOpaque
    {
        public CelDecision Decision { get; } = decision;

        public override CelType Type => AuthorizerLibrary.Decision;

        public override bool IsEqual(CelOpaque other) => other is Answer answer && Decision == answer.Decision;
    }
}
