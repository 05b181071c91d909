using System.Text.Json.Nodes;

namespace KubeSharp.Kinds.Tests;

/// <summary>What a real server refused, and why; <c>tests/Golden/README.md</c> tells what was changed since.</summary>
public sealed class ValidationTests
{
    /// <summary>Stands in the expectation for a struct: upstream of the recording printed those in Go's syntax, today's prints JSON.</summary>
    private const string AnyStruct = "{…}";

    public static TheoryData<string> Cases => [.. Goldens.Names("validation")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_upstream_refuses_is_refused_for_the_same_reasons(string name)
    {
        var golden = Goldens.Read("validation", name);
        var (kind, obj) = Goldens.Decode(golden["object"]!);
        var findings = new Findings();
        if (golden["stored"] is { } stored)
        {
            var old = kind.ApplyDefaults(Goldens.Decode(stored).Object);
            // The server gives an update the identity of what it replaces.
            obj = obj.CopyWith(obj.Metadata with { Uid = old.Metadata.Uid, Namespace = old.Metadata.Namespace });
            obj = kind.ApplyDefaults(obj);
            if ((string?)golden["subresource"] == "status")
                kind.ValidateStatusUpdate(old, kind.PrepareForStatusUpdate(old, obj), findings);
            else
                kind.ValidateUpdate(old, kind.PrepareForUpdate(old, obj), findings);
        }
        else
        {
            obj = obj.CopyWith(obj.Metadata with { Uid = "0f7e9c0e-uid" });
            foreach (var problem in kind.ValidateName(obj.Metadata.Name))
                findings.Invalid("metadata.name", obj.Metadata.Name, problem);
            kind.Validate(kind.PrepareForCreate(kind.ApplyDefaults(obj)), findings);
        }

        var expected = golden["causes"]!.AsArray().Select(c => Cause(c!)).ToList();
        var actual = findings.Errors.Select(e => $"{e.Field} | {e.Reason} | {e.Body}").Distinct().ToList();
        Assert.Equal(expected, [.. actual.Select((a, i) => i < expected.Count && Fits(expected[i], a) ? expected[i] : a)]);
    }

    private static string Cause(JsonNode cause) => $"{cause["field"]} | {cause["reason"]} | {cause["message"]}";

    private static bool Fits(string expected, string actual)
    {
        var at = expected.IndexOf(AnyStruct, StringComparison.Ordinal);
        if (at < 0)
        {
            // The difference that follows the sentence is for people; only the sentence is compared.
            var line = expected.IndexOf('\n', StringComparison.Ordinal);
            return line < 0 ? expected == actual : actual.StartsWith(expected[..line], StringComparison.Ordinal) && actual.Length > line + 1;
        }

        return actual.StartsWith(expected[..at], StringComparison.Ordinal) && actual.EndsWith(expected[(at + AnyStruct.Length)..], StringComparison.Ordinal)
            && (actual[at] == '{' || actual[at..].StartsWith("null", StringComparison.Ordinal));
    }
}
