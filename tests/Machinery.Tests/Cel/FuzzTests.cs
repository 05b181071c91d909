using System.Text.Json.Nodes;
using CsCheck;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

/// <summary>Whatever is written, compiling gives a program or issues, and evaluating gives a value or an error: nothing is thrown.</summary>
public class FuzzTests
{
    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes().WithAuthorizer().WithMutation().WithBind()
        .Variable("self", CelType.Dyn)
        .Variable("n", CelType.Int)
        .Variable("texts", CelType.List(CelType.Text));

    private static readonly CelBindings Bindings = new CelBindings()
        .Set("self", CelJson.Read(JsonNode.Parse("""{"a": [1, 2.5, "x", null, {"b": true}], "s": "text", "m": {"k": "v"}}"""), CelType.Dyn))
        .Set("n", CelValue.Of(7L))
        .Set("texts", CelValue.Of(CelList.OfTexts(["a", "b-1", "1Gi", "10.0.0.0/8", "1.2.3"])));

    private static readonly string[] Fragments =
    [
        "self", "n", "texts", "self.a", "self.s", "self.m", "1", "-1", "2u", "1.5", "'x'", "b'y'", "null", "true", "[]", "{}", "[1, 2]", "{'k': 1}", "x",
        "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "!", "-", "+", "*", "/", "%", "==", "!=", "<", "<=", "&&", "||", " in ", " ? ", " : ", ".?", "[?",
        ".size()", ".all(x, ", ".exists(x, ", ".map(x, ", ".filter(x, ", ".transformMap(k, v, ", ".optMap(x, ", ".sortBy(x, ", "has(self.a)", "cel.bind(x, ",
        "type(", "int(", "string(", "dyn(", "duration('1h')", "timestamp('2020-01-01T00:00:00Z')", ".getHours('Europe/Berlin')", ".matches('[a-z]+')", ".find('(', 1)",
        ".split('')", ".replace('', 'ab')", ".join(',')", ".format([", ".substring(1, ", ".charAt(", "quantity('1Gi')", ".add(", "ip('::1')", "cidr('10.0.0.0/8')", ".containsIP(",
        "semver('1.2.3')", "url('https://a:1/b?c=d')", "format.dns1123Label().validate(", "optional.of(", ".orValue(", "lists.range(", ".flatten(", ".slice(0, ", ".sum()", ".max()",
        "Object{spec: ", "JSONPatch{op: ", "`a-b`", "\"\\n", "'''", "r'", "//", "\n", "\t", "𝒳", "\0", "9223372036854775807", "0x", "1e", "__result__", "@result", "namespace",
    ];

    [Fact]
    public void Texts_of_fragments_never_throw() =>
        OneOf(Fragments).List[1, 12].Select(string.Concat).Sample(Survives, iter: 30_000);

    [Fact]
    public void Texts_of_any_characters_never_throw() =>
        Gen.String.Sample(Survives, iter: 5_000);

    [Fact]
    public void Mutations_of_valid_expressions_never_throw()
    {
        var seeds = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "cel", "extensions.jsonl"))
            .Concat(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "cel", "language.jsonl")))
            .Select(line => JsonNode.Parse(line)!.AsArray()[0]!.GetValue<string>())
            .ToArray();
        var mutation =
            from seed in OneOf(seeds)
            from at in Gen.Int[0, seed.Length]
            from length in Gen.Int[0, Math.Min(6, seed.Length - at)]
            from insert in Gen.OneOf(OneOf(Fragments), OneOf(seeds), Gen.Const(""))
            select string.Concat(seed.AsSpan(0, at), insert, seed.AsSpan(at + length));
        mutation.Sample(Survives, iter: 30_000);
    }

    [Fact]
    public void Patterns_never_throw()
    {
        string[] parts = ["a", "b", ".", "*", "+", "?", "(", ")", "[", "]", "^", "$", "|", "\\", "\\d", "\\pL", "\\p{Greek}", "{2}", "{2,}", "{1000}", "{0,3}", "(?i)", "(?:", "(?P<n>", "(?=", "[[:alpha:]", "-", ":", "\\Q", "\\E", "\\x{41}", "\\b", "é", "😁", ","];
        var program = Programs.Compiled(CelEnvironment.Kubernetes().Variable("p", CelType.Text), "'ab😁c'.find(p) == ''");
        OneOf(parts).List[1, 10].Select(string.Concat)
            .Sample(pattern => _ = program.Run(new CelBindings().Set("p", CelValue.Of(pattern))), iter: 20_000);
    }

    [Theory]
    [InlineData("[1]", ".map(a, [a, a])")]
    [InlineData("[{1: 1}]", ".map(a, {1: a, 2: a})")]
    [InlineData("[1]", ".map(a, {a: a})")]
    [InlineData("[[]]", ".map(a, {a: a})")]
    [InlineData("[optional.of(1)]", ".map(a, optional.of([a, a]))")]
    [InlineData("['0123456789']", ".map(a, a + a)")]
    [InlineData("['0123456789']", ".map(a, a.replace('', a))")]
    [InlineData("[texts]", ".map(a, a + a)")]
    public void Values_and_types_do_not_grow_without_bounds(string start, string step)
    {
        var expression = start + string.Concat(Enumerable.Repeat(step, 60));

        Survives(expression + ".map(z, z == z)");
        Survives($"string({expression}.size()) + '%s'.format([{expression}])");
    }

    [Fact]
    public void The_deepest_expressions_fit_a_small_stack()
    {
        const int Depth = 240;
        string[] deepest =
        [
            new string('(', Depth) + "n" + new string(')', Depth),
            string.Concat(Enumerable.Repeat("(1 + ", Depth / 3)) + "n" + new string(')', Depth / 3),
            string.Concat(Enumerable.Repeat("[1].map(x, ", Depth / 2)) + "n" + new string(')', Depth / 2),
            string.Concat(Enumerable.Repeat("{'a': ", Depth)) + "n" + new string('}', Depth),
            string.Concat(Enumerable.Repeat("false ? n : ", Depth)) + "n",
            "n" + string.Concat(Enumerable.Repeat(" + n", Depth)),
            string.Concat(Enumerable.Repeat("dyn([", Depth / 2)) + "n" + string.Concat(Enumerable.Repeat("])", Depth / 2)),
        ];
        var outcomes = new List<CelOutcome>();
        var thread = new Thread(() => outcomes.AddRange(deepest.Select(e => Environment.Compile(e).Program?.Run(Bindings) ?? throw new InvalidOperationException(e))), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();

        Assert.All(outcomes, outcome => Assert.Null(outcome.Error));
        Assert.Equal(deepest.Length, outcomes.Count);
    }

    private static Gen<string> OneOf(string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static void Survives(string expression)
    {
        var compilation = Environment.Compile(expression);
        if (compilation.Program is not { } program)
        {
            Assert.NotEqual("", compilation.Message);
            return;
        }

        var outcome = program.Run(Bindings, budget: 20_000);
        _ = outcome.Value.ToString();
        Assert.True(outcome.Error is { IsCostLimit: true } || outcome.Cost <= 20_000);
    }
}
