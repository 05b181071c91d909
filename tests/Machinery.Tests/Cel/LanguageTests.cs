using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

public class LanguageTests
{
    [Fact]
    public void The_language_is_as_its_conformance_data_says() => Check(CelEnvironment.Standard(), "language.jsonl");

    [Fact]
    public void The_extensions_are_as_their_conformance_data_says() => Check(CelEnvironment.Kubernetes().WithBind(), "extensions.jsonl");

    [Fact]
    public void A_program_is_evaluated_from_many_threads()
    {
        var environment = CelEnvironment.Kubernetes().Variable("n", CelType.Int);
        var program = environment.Compile("[1, 2, 3].map(x, x * n).filter(x, x > n).map(x, {'v': x})[0].v == 2 * n").Program!;

        Parallel.For(1, 2000, n => Assert.True(program.Run(new CelBindings().Set("n", CelValue.Of((long)n))).IsTrue));
    }

    private static void Check(CelEnvironment environment, string file)
    {
        var wrong = new List<string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "cel", file)))
        {
            var row = JsonNode.Parse(line)!.AsArray();
            var expression = row[0]!.GetValue<string>();
            var outcome = environment.Compile(expression).Program?.Run(CelBindings.Empty, ulong.MaxValue);
            if (row.Count == 1)
            {
                if (outcome is { Error: null })
                    wrong.Add($"{expression} should fail but is {outcome.Value.Value}");
                continue;
            }

            var expected = environment.Compile(row[1]!.GetValue<string>()).Program!.Run(CelBindings.Empty).Value;
            if (outcome is null || expected.IsError || !outcome.Value.Value.Equals(expected) || outcome.Value.Value.Kind != expected.Kind)
                wrong.Add($"{expression} should be {expected} but is {outcome?.Value.ToString() ?? environment.Compile(expression).Message}");
        }

        Assert.Empty(wrong);
    }
}
