using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

/// <summary>Costs are a contract: they decide which definitions are accepted. The numbers are those of upstream's own tests.</summary>
public class CostTests
{
    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes()
        .WithAuthorizer()
        .WithMutation()
        .Variable("authorizer", CelAuthorizers.AuthorizerType);

    [Theory]
    [InlineData("\"Hello World!\"", 0, 0, 0)]
    [InlineData("[1, 2, 3]", 10, 10, 10)]
    [InlineData("{\"a\": 1, \"b\": 2, \"c\": 3}", 30, 30, 30)]
    [InlineData("[1, 2, 3].all(x, true)", 20, 20, 20)]
    [InlineData("'123'.matches('[0-9]')", 2, 2, 2)]
    [InlineData("true || false", 0, 0, 0)]
    [InlineData("1 < 2", 1, 1, 1)]
    [InlineData("2 in [1, 2, 3]", 13, 13, 13)]
    [InlineData("true ? 1 : 2", 0, 0, 0)]
    [InlineData("'12345678901234567890' == '123456789012345678901234567890'", 1, 2, 2)]
    [InlineData("false ? false : 1 > 3", 0, 1, 1)]
    [InlineData("(1 > 2 ? 5 : 3) > 1", 2, 2, 2)]
    [InlineData("(1 > 2 || 2 > 1) == true", 2, 3, 3)]
    [InlineData("[{'k1': 1}, {'k2': 2}].all(x, true)", 77, 77, 77)]
    [InlineData("[1,2,3,4,5].filter(x, x % 2 == 0)", 41, 101, 62)]
    [InlineData("[1,2,3,4,5].map(x, x)", 86, 86, 86)]
    [InlineData("[1,2,3,4,5].map(x, x).filter(x, x % 2 == 0)", 117, 177, 138)]
    [InlineData("[1,2,3,4,5].map(x, x).exists(x, x == 5) == true", 108, 118, 118)]
    [InlineData("[1,2,3,4,5].map(x, x).map(x, x)", 162, 162, 162)]
    [InlineData("[1,2,3,4,5].map(x, [x, x]).filter(z, z.size() == 2)", 172, 232, 232)]
    [InlineData("[1,2,3,4,5].map(x, [x, x]).all(y, y.all(y, y == 1))", 157, 217, 171)]
    [InlineData("[1,2,3,4,5].map(x, x).map(x, x) + [1]", 173, 173, 173)]
    [InlineData("[1, 2, 3, 4, 5].sum()", 15, 15, 15)]
    [InlineData("[uint(1), uint(2), uint(3), uint(4), uint(5)].max()", 20, 20, 20)]
    [InlineData("[duration('1s'), duration('2s'), duration('3s'), duration('4s'), duration('5s')].indexOf(duration('3s'))", 21, 21, 21)]
    [InlineData("'01234567890123456789012345678901234567890123456789'.indexOf('123')", 5, 5, 5)]
    [InlineData("url('https:://kubernetes.io/').getHost()", 4, 4, 4)]
    [InlineData("ip('192.168.0.1')", 2, 2, 2)]
    [InlineData("ip('2001:db8:3333:4444:5555:6666:7777:8888').family()", 5, 5, 5)]
    [InlineData("ip('192.168.0.1') == ip('192.168.0.1')", 5, 5, 5)]
    [InlineData("ip.isCanonical('2001:db8:3333:4444:5555:6666:7777:8888')", 8, 8, 8)]
    [InlineData("cidr('192.168.0.0/16').masked()", 3, 3, 3)]
    [InlineData("cidr('192.168.0.0/16').containsCIDR(cidr('192.0.0.0/30'))", 7, 11, 7)]
    [InlineData("cidr('192.168.0.0/16').containsCIDR('192.168.0.0/16')", 7, 11, 7)]
    [InlineData("cidr('192.168.0.0/16').containsIP(ip('192.0.0.1'))", 4, 7, 4)]
    [InlineData("cidr('2001:db8::/32').containsIP('2001:db8:3333:4444:5555:6666:7777:8888')", 7, 10, 7)]
    [InlineData("'ABCDEFGHIJ abcdefghij'.lowerAscii()", 3, 3, 3)]
    [InlineData("'ABCDEFGHIJ abcdefghij'.lowerAscii() == 'abcdefghij ABCDEFGHIJ'.lowerAscii()", 7, 9, 9)]
    [InlineData("strings.quote('ABCDEFGHIJ abcdefghij') == strings.quote('ABCDEFGHIJ abcdefghij')", 7, 11, 9)]
    [InlineData("'abc 123 def 123'.replace('', 'x')", 3, 3, 3)]
    [InlineData("'abc 123 def 123'.split(' ', 1)", 3, 3, 3)]
    [InlineData("'abc 123 def 123'.substring(5, 8)", 2, 2, 2)]
    [InlineData("'abc 123 def 123'.findAll('123', 1)", 2, 2, 2)]
    [InlineData("jsonpatch.escapeKey('abc/def~ abc/def~')", 2, 2, 2)]
    [InlineData("authorizer.group('apps').resource('deployments').subresource('status').namespace('test').name('backend')", 6, 6, 6)]
    [InlineData("authorizer.group('').resource('pods').fieldSelector('spec.nodeName=example-node-name.fully.qualified.domain.name.example.com')", 1821, 1821, 1821)]
    [InlineData("authorizer.path('/healthz').check('get').allowed()", 350003, 350003, 350003)]
    [InlineData("quantity(\"2M\") == quantity(\"0.002G\") && quantity(\"2000k\") == quantity(\"2M\") && quantity(\"0.002G\") == quantity(\"2000k\")", 3, 9, 9)]
    [InlineData("quantity(\"50k\").add(20).sub(quantity(\"100k\")).sub(-50000).asInteger() > 0", 7, 7, 7)]
    [InlineData("format.named(\"dns1123subdomain\")", 1, 1, 1)]
    [InlineData("format.named(\"dns1123Subdomain\").value().validate(\"my-name\")", 34, 34, 17)]
    [InlineData("!sets.contains([1], [1, 2])", 24, 24, 24)]
    [InlineData("sets.equivalent([1, 1], [1])", 25, 25, 25)]
    [InlineData("semver(\"1.0.0\").compareTo(semver(\"1.2.3\"))", 3, 3, 3)]
    [InlineData("{'a': 1, 'b': 2}.all(k, v, v > 0)", 37, 41, 41)]
    [InlineData("{'a': 1, 'b': 2}.exists(k, v, v > 0)", 39, 43, 40)]
    [InlineData("{'a': 1, 'b': 2}.existsOne(k, v, v > 0)", 38, 40, 40)]
    [InlineData("{'a': 1, 'b': 2}.transformMap(k, v, v + 1)", 71, 71, 71)]
    [InlineData("{'a': 1, 'b': 2}.transformMap(k, v, v < 5, v + 1)", 67, 75, 75)]
    [InlineData("{'a': 1, 'b': 2}.transformMapEntry(k, v, v < 5, {k: v + 1})", 67, 135, 135)]
    [InlineData("[1, 2].exists(i, v, v > 0)", 19, 23, 20)]
    [InlineData("[1, 2].transformList(i, v, v < 5, v + 1)", 27, 53, 53)]
    public void Costs_are_upstreams(string expression, ulong min, ulong max, ulong actual)
    {
        var program = Programs.Compiled(Environment, expression);
        var bindings = new CelBindings().Set("authorizer", CelAuthorizers.Authorizer(new Everything()));

        Assert.Equal((min, max, actual), (program.EstimatedCost.Min, program.EstimatedCost.Max, program.Run(bindings).Cost));
    }

    [Theory]
    [InlineData("self.all(x, true)", 2, 302)]
    [InlineData("self.all(x, x == 'a')", 2, 502)]
    [InlineData("self.all(x, x.startsWith('prefix'))", 2, 502)]
    [InlineData("self.all(x, self.all(y, x == y))", 2, 60502)]
    [InlineData("self.exists(x, x.matches('^[a-z]+$'))", 2, 902)]
    [InlineData("self[0] == 'a'", 3, 3)]
    [InlineData("self.join(',').size() < 10", 3, 113)]
    public void Estimates_use_the_declared_sizes(string expression, ulong min, ulong max)
    {
        var list = CelType.List(CelType.Text.WithMaxElements(10)).WithMaxElements(100);
        var program = Programs.Compiled(CelEnvironment.Kubernetes().Variable("self", list), expression);

        Assert.Equal((min, max), (program.EstimatedCost.Min, program.EstimatedCost.Max));
    }

    [Theory]
    [InlineData("[1,2,3,4,5].map(x, x)[4]", 87, 87)]
    [InlineData("[[1,2],[1,2],[1,2],[1,2],[1,2]][4]", 61, 61)]
    [InlineData("{'a': [1,2], 'b': [1,2], 'c': [1,2], 'd': [1,2], 'e': [1,2]}.b", 81, 81)]
    [InlineData("[\"a\", \"ab\", \"abc\", \"abcd\", \"abcde\"].map(x, [x, x]).all(y, y.all(y, y.startsWith('a')))", 157, 217)]
    [InlineData("[1,2,3].all(i, i in [1,2,3].map(j, j + j))", 20, 230)]
    [InlineData("dyn([1,2,3]).all(i, i in dyn([1,2,3]).map(j, j + j))", 21, 234)]
    [InlineData("{'hello': 'hi'}['hello'] != {'hello': 'bye'}['hello']", 63, 63)]
    [InlineData("['hello', 'hi'][0] != ['hello', 'bye'][1]", 23, 23)]
    [InlineData("type(1) == int", 3, 1844674407370955266)]
    public void Estimates_without_variables_are_upstreams(string expression, ulong min, ulong max)
    {
        var program = Programs.Compiled(CelEnvironment.Standard(), expression);

        Assert.Equal((min, max), (program.EstimatedCost.Min, program.EstimatedCost.Max));
    }

    [Fact]
    public void Without_bounds_a_nested_loop_is_beyond_any_limit()
    {
        var program = Programs.Compiled(CelEnvironment.Kubernetes().Variable("self", CelType.List(CelType.Text)), "self.all(x, self.all(y, x != y))");

        Assert.True(program.EstimatedCost.Max > CelLimits.StaticPerDefinition);
    }

    [Fact]
    public void An_evaluation_stops_at_its_budget()
    {
        var program = Programs.Compiled(CelEnvironment.Kubernetes(), "lists.range(1000).all(x, lists.range(1000).all(y, x + y >= 0))");

        var outcome = program.Run(CelBindings.Empty);

        Assert.True(outcome.Error!.IsCostLimit);
        Assert.InRange(outcome.Cost, CelLimits.PerCall, CelLimits.PerCall + 1000);
    }

    [Fact]
    public void An_evaluation_stops_when_it_is_cancelled()
    {
        var program = Programs.Compiled(CelEnvironment.Kubernetes(), "lists.range(1000).all(x, x >= 0)");

        var outcome = program.Evaluate(CelBindings.Empty, CelLimits.PerCall, new CancellationToken(canceled: true));

        Assert.Equal("operation interrupted", outcome.Error!.Message);
    }

    private sealed class Everything : ICelAuthorizer
    {
        public CelDecision Authorize(CelAuthorizationRequest request) => new(Allowed: true);
    }
}
