using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

public class CompileErrorTests
{
    private static readonly CelType Spec = CelType.Object("object.spec", () => [new("replicas", CelType.Int), new("names", CelType.List(CelType.Text))]);
    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes()
        .Variable("self", CelType.Object("object", () => [new("spec", Spec), new("labels", CelType.Map(CelType.Text, CelType.Text)), new("any", CelType.Dyn)]));

    [Theory]
    [InlineData("x", "undeclared reference to 'x' (in container '')", "1:1")]
    [InlineData("self.foo == 1", "undefined field 'foo'", "1:5")]
    [InlineData("1 + 'a'", "found no matching overload for '_+_' applied to '(int, string)'", "1:3")]
    [InlineData("self.spec.replicas.startsWith('x')", "found no matching overload for 'startsWith' applied to 'int.(string)'", "1:30")]
    [InlineData("self.spec.names.all(n, n > 1)", "found no matching overload for '_>_' applied to '(string, int)'", "1:26")]
    [InlineData("self.spec == 1", "found no matching overload for '_==_' applied to '(object.spec, int)'", "1:11")]
    [InlineData("self.labels == {'a': 1}", "found no matching overload for '_==_' applied to '(map(string, string), map(string, int))'", "1:13")]
    [InlineData("1 && true", "expected type 'bool' but found 'int'", "1:1")]
    [InlineData("[1, 'a']", "expected type 'int' but found 'string'", "1:5")]
    [InlineData("self.spec.replicas.x", "type 'int' does not support field selection", "1:19")]
    [InlineData("self.spec.replicas.all(x, true)", "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)", "1:10")]
    [InlineData("foo(1)", "undeclared reference to 'foo' (in container '')", "1:4")]
    [InlineData("cel.bind(x, 1, x)", "undeclared reference to 'cel' (in container '')", "1:1")]
    [InlineData("Foo{a: 1}", "undeclared reference to 'Foo' (in container '')", "1:4")]
    [InlineData("has(self)", "invalid argument to has() macro", "1:5")]
    [InlineData("self.spec.names.map(a.b, 1)", "argument is not an identifier", "1:22")]
    [InlineData("1.all(2, 3)", "argument must be a simple name", "1:7")]
    [InlineData("[1].exists(i, i, true)", "duplicate variable name: i", "1:15")]
    [InlineData("'x'.matches('(')", "invalid matches argument", "1:13")]
    [InlineData("duration('1x') == duration('1s')", "invalid duration argument", "1:10")]
    [InlineData("timestamp('yesterday') < timestamp('2020-01-01T00:00:00Z')", "invalid timestamp argument", "1:11")]
    [InlineData("'%d'.format(['x'])", "error during formatting: decimal clause can only be used on integers, was given string", "1:14")]
    [InlineData("namespace.x == 1", "reserved identifier: namespace", "1:1")]
    [InlineData("0xFFFFFFFFFFFFFFFFF", "invalid int literal", "1:1")]
    [InlineData("1 +", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}", "1:4")]
    [InlineData("{a}", "Syntax error: mismatched input '}' expecting ':'", "1:3")]
    [InlineData("Type(){}", "Syntax error: mismatched input '{' expecting <EOF>", "1:7")]
    [InlineData("self.true == 1", "Syntax error: mismatched input 'true' expecting IDENTIFIER", "1:6")]
    [InlineData("{\"a\": 1}.\"a\"", "Syntax error: no viable alternative at input '.\"a\"'", "1:10")]
    [InlineData("func{{a}}", "Syntax error: extraneous input '{' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}", "1:6")]
    [InlineData("1 + 2\n3 +", "Syntax error: mismatched input '3' expecting <EOF>", "2:1")]
    public void The_first_issue_is(string expression, string message, string position)
    {
        var compilation = Environment.Compile(expression);

        Assert.Null(compilation.Program);
        var issue = compilation.Issues.All[0];
        Assert.Equal((message, position), (issue.Message, $"{issue.Line}:{issue.Column}"));
    }

    [Fact]
    public void Issues_are_shown_with_their_lines()
    {
        Assert.Equal(
            "ERROR: <input>:1:3: Syntax error: token recognition error at: '| '\n | a | b\n | ..^\n"
            + "ERROR: <input>:1:5: Syntax error: extraneous input 'b' expecting <EOF>\n | a | b\n | ....^",
            Environment.Compile("a | b").Message);
        Assert.Equal(
            "ERROR: <input>:2:7: undeclared reference to 'y' (in container '')\n | '😁' + y\n | .．....^",
            Environment.Compile("'x' ==\n'😁' + y").Message);
    }

    [Fact]
    public void A_result_of_another_type_is_refused() =>
        Assert.Equal(
            [
                "must evaluate to bool but got int",
                "must evaluate to one of [string null_type] but got list(google.protobuf.Timestamp)",
            ],
            [
                Environment.Compile("self.spec.replicas", CelType.Bool).Message,
                Environment.Compile("[timestamp('2024-01-01T00:00:00Z')]", [CelType.Text, CelType.Null]).Message,
            ]);

    [Fact]
    public void Hostile_depth_is_refused_and_not_followed()
    {
        foreach (var expression in new[]
        {
            new string('(', 5000) + "1" + new string(')', 5000),
            new string('[', 5000),
            new string('!', 99_000) + "true" + string.Concat(Enumerable.Repeat(".x", 400)),
            string.Concat(Enumerable.Repeat("1+", 5000)) + "1",
            "self" + string.Concat(Enumerable.Repeat(".any", 5000)),
            string.Concat(Enumerable.Repeat("true ? ", 3000)) + "1",
            string.Concat(Enumerable.Repeat("[1].map(x, ", 600)) + "1" + new string(')', 600),
            "optional.of(1)" + string.Concat(Enumerable.Repeat(".optMap(x, x)", 200)),
            new string('x', 200_000),
        })
            Assert.NotEqual("", Environment.Compile(expression).Message);
    }

    [Fact]
    public void A_long_chain_of_conjunctions_is_not_deep()
    {
        var program = Environment.Compile(string.Join(" && ", Enumerable.Repeat("true", 10_000))).Program;

        Assert.True(program!.Run(CelBindings.Empty).IsTrue);
    }

    [Theory]
    [InlineData("namespace", "__namespace__")]
    [InlineData("x-dash", "x__dash__dash")]
    [InlineData("x.dot/slash", "x__dot__dot__slash__slash")]
    [InlineData("redact__d", "redact__underscores__d")]
    [InlineData("plain_name", "plain_name")]
    public void Names_are_escaped(string name, string escaped)
    {
        Assert.True(CelNames.TryEscape(name, out var written));
        Assert.Equal(escaped, written);
        Assert.True(CelNames.TryUnescape(written, out var back));
        Assert.Equal(name, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("has space")]
    [InlineData("ünicode")]
    public void Some_names_cannot_be_written(string name) => Assert.False(CelNames.TryEscape(name, out _));
}
