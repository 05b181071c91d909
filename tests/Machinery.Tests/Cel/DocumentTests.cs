using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

/// <summary>Documents under a type, with the rules of the documentation of CustomResourceDefinitions.</summary>
public class DocumentTests
{
    private static readonly CelType Widget = Object("widget", ("key", CelType.Text), ("foo", CelType.Int));
    private static readonly CelType Texts = CelType.List(CelType.Text);

    private static readonly CelType Root = Object(
        "root",
        ("minReplicas", CelType.Int),
        ("replicas", CelType.Int),
        ("maxReplicas", CelType.Int),
        ("ratio", CelType.Double),
        ("stateCounts", CelType.Map(CelType.Text, CelType.Int)),
        ("widgets", CelType.List(Widget).WithListKind(ListKind.Map, ["key"])),
        ("widgets2", CelType.List(Widget).WithListKind(ListKind.Map, ["key"])),
        ("set1", Texts.WithListKind(ListKind.Set, [])),
        ("set2", Texts.WithListKind(ListKind.Set, [])),
        ("names", Texts),
        ("created", CelType.Timestamp),
        ("expired", CelType.Timestamp),
        ("ttl", CelType.Duration),
        ("blob", CelType.Bytes),
        ("limit", CelType.Dyn),
        ("namespace", CelType.Text),
        ("x-dash", CelType.Text),
        ("absent", CelType.Text),
        ("nothing", CelType.Text),
        ("any", CelType.Dyn));

    private const string Document = """
        {
          "minReplicas": 1, "replicas": 3, "maxReplicas": 5, "ratio": 2,
          "stateCounts": {"Available": 2},
          "widgets": [{"key": "x", "foo": 1}, {"key": "y", "foo": 20}],
          "widgets2": [{"key": "y", "foo": 20}, {"key": "x", "foo": 1}],
          "set1": ["a", "b"], "set2": ["b", "a"], "names": ["b", "a"],
          "created": "2023-06-14T02:00:14Z", "expired": "2023-06-15T02:00:14.5+01:00", "ttl": "1h30m",
          "blob": "aGVsbG8=", "limit": "99%", "namespace": "default", "x-dash": "d", "nothing": null,
          "any": {"int": 1, "double": 1.5, "list": [1, "two", null], "nil": null, "deep": {"a-b": true}}
        }
        """;

    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes().Variable("self", Root);

    [Theory]
    [InlineData("self.minReplicas <= self.replicas && self.replicas <= self.maxReplicas")]
    [InlineData("'Available' in self.stateCounts && self.stateCounts.Available == 2 && self.stateCounts.size() == 1")]
    [InlineData("self.widgets.exists(w, w.key == 'x' && w.foo < 10)")]
    [InlineData("self.created + self.ttl < self.expired && self.expired.getMilliseconds() == 500 && self.ttl.getMinutes() == 90")]
    [InlineData("self.blob == b'hello' && self.ratio == 2.0")]
    [InlineData("type(self.limit) == string ? self.limit == '99%' : self.limit == 42")]
    [InlineData("self.__namespace__ == 'default' && self.x__dash__dash == 'd'")]
    [InlineData("!has(self.absent) && !has(self.nothing) && has(self.ttl) && self.?absent.orValue('none') == 'none'")]
    [InlineData("self.set1 == self.set2 && self.names != dyn(self.set1)")]
    [InlineData("self.set1 + ['c', 'a'] == ['a', 'b', 'c'] && (self.set1 + ['c', 'a']).size() == 3")]
    [InlineData("self.widgets == self.widgets2")]
    [InlineData("(self.widgets + self.widgets2).size() == 2")]
    [InlineData("self.set1.all(e, e in self.set2) && sets.equivalent(self.names, self.set1)")]
    [InlineData("self.any.int == 1 && self.any.double == 1.5 && self.any.list[1] == 'two' && self.any.list[2] == null")]
    [InlineData("has(self.any.nil) && !has(self.any.missing) && self.any.deep['a-b'] && self.any.deep.`a-b`")]
    [InlineData("self.any.deep == {'a-b': true} && 'int' in self.any && self.any.map(k, k).size() == 5")]
    [InlineData("self.widgets.map(w, w.foo).sum() == 21 && self.widgets.filter(w, w.foo > 10).map(w, w.key) == ['y']")]
    [InlineData("self == self && type(self.widgets[0]) == type(self.widgets[1])")]
    public void Holds(string rule)
    {
        var program = Programs.Compiled(Environment, rule);

        AssertTrue(program.Run(new CelBindings().Set("self", CelJson.Read(JsonNode.Parse(Document), Root))));
        AssertTrue(program.Run(new CelBindings().Set("self", CelJson.Read(JsonDocument.Parse(Document).RootElement, Root))));
    }

    [Theory]
    [InlineData("self.absent == 'x'", "no such key: absent")]
    [InlineData("self.any.int.x == 1", "no such overload")]
    [InlineData("self.stateCounts['Failed'] == 1", "no such key: Failed")]
    public void Fails(string rule, string message) =>
        Assert.Equal(message, Programs.Compiled(Environment, rule).Run(new CelBindings().Set("self", CelJson.Read(JsonNode.Parse(Document), Root))).Error?.Message);

    [Fact]
    public void A_document_that_does_not_fit_is_an_error_where_it_is_read()
    {
        var self = CelJson.Read(JsonNode.Parse("""{"replicas": "three", "created": "yesterday", "names": {}}"""), Root);
        var bindings = new CelBindings().Set("self", self);

        Assert.StartsWith("invalid data, expected a value of type int", Programs.Compiled(Environment, "self.replicas == 3").Run(bindings).Error?.Message, StringComparison.Ordinal);
        Assert.Equal("failed to parse date-time \"yesterday\"", Programs.Compiled(Environment, "self.created.getDate() == 1").Run(bindings).Error?.Message);
        Assert.True(Programs.Compiled(Environment, "self.replicas == 3 || true").Run(bindings).IsTrue);
    }

    [Fact]
    public void Fields_may_be_computed_when_they_are_asked_for()
    {
        var type = Object("variables", ("a", CelType.Int), ("b", CelType.Int));
        var variables = new Counted(type);
        var program = Programs.Compiled(CelEnvironment.Kubernetes().Variable("variables", type), "variables.a == 1 || variables.b == 2");

        AssertTrue(program.Run(new CelBindings().Set("variables", CelValue.Of(variables))));
        Assert.Equal(["a"], variables.Asked);
    }

    [Theory]
    [InlineData("Object{spec: Object.spec{replicas: 3, ?paused: optional.none(), template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {'a': 'b'}}}}}", """{"spec":{"replicas":3,"template":{"metadata":{"labels":{"a":"b"}}}}}""")]
    [InlineData("Object{metadata: Object.metadata{`x-y`: 1u, __namespace__: 'n'}}", """{"metadata":{"x-y":1,"namespace":"n"}}""")]
    [InlineData("[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b~c'), value: [dyn(1.5), dyn(null), dyn(duration('90s')), dyn(timestamp('2020-01-01T00:00:00Z')), dyn(b'hello')]}]", """[{"op":"add","path":"/metadata/labels/a~1b~0c","value":[1.5,null,"90s","2020-01-01T00:00:00Z","aGVsbG8="]}]""")]
    public void Objects_are_made_and_written_as_JSON(string expression, string json)
    {
        var program = Programs.Compiled(CelEnvironment.Kubernetes().WithMutation(), expression);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), CelJson.Write(program.Run(CelBindings.Empty).Value)));
    }

    [Fact]
    public void The_authorizer_is_asked_what_was_written()
    {
        var environment = CelEnvironment.Kubernetes().WithAuthorizer()
            .Variable("authorizer", CelAuthorizers.AuthorizerType)
            .Variable("authorizer.requestResource", CelAuthorizers.ResourceCheckType);
        var host = new Recorder();
        var request = new CelAuthorizationRequest("", null, null) { Group = "apps", Resource = "deployments", Namespace = "default", Name = "web" };
        var bindings = new CelBindings().Set("authorizer", CelAuthorizers.Authorizer(host)).Set("authorizer.requestResource", CelAuthorizers.RequestResource(host, request));

        AssertTrue(Programs.Compiled(environment, "!authorizer.serviceAccount('kube-system', 'builder').group('').resource('pods').subresource('log').namespace('x').labelSelector('a=b').check('get').allowed()").Run(bindings));
        AssertTrue(Programs.Compiled(environment, "authorizer.path('/healthz').check('get').reason() == 'because'").Run(bindings));
        AssertTrue(Programs.Compiled(environment, "authorizer.requestResource.check('update').errored()").Run(bindings));

        Assert.Equal(
            [
                new("get", null, ("kube-system", "builder")) { Resource = "pods", Subresource = "log", Namespace = "x", LabelSelector = "a=b" },
                new("get", "/healthz", null),
                request with { Verb = "update" },
            ],
            host.Asked);
        Assert.Equal("Invalid service account name", Programs.Compiled(environment, "authorizer.serviceAccount('a', 'B!').path('/').check('get').allowed()").Run(bindings).Error?.Message);
    }

    private static void AssertTrue(CelOutcome outcome) => Assert.True(outcome.IsTrue, outcome.Value.ToString());

    private static CelType Object(string name, params (string Name, CelType Type)[] fields) =>
        CelType.Object(name, () => fields.Select(f => new CelField(CelNames.TryEscape(f.Name, out var escaped) ? escaped : f.Name, f.Name, f.Type)));

    private sealed class Counted(CelType type) : CelObject
    {
        public List<string> Asked { get; } = [];

        public override CelType Type => type;

        public override IEnumerable<string> Present => type.Fields.Keys;

        public override bool TryGet(string field, out CelValue value)
        {
            Asked.Add(field);
            value = CelValue.Of(1L);
            return true;
        }
    }

    private sealed class Recorder : ICelAuthorizer
    {
        public List<CelAuthorizationRequest> Asked { get; } = [];

        public CelDecision Authorize(CelAuthorizationRequest request)
        {
            Asked.Add(request);
            return new(Allowed: false, "because", "no such user");
        }
    }
}
