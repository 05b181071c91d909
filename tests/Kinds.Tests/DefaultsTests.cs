using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.Kinds.Tests;

/// <summary>What a real server stored for what it was sent; <c>tests/Golden/README.md</c> tells what was changed since.</summary>
public sealed class DefaultsTests
{
    public static TheoryData<string> Cases => [.. Goldens.Names("defaults")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_new_object_is_stored_as_upstream_stores_it(string name)
    {
        var golden = Goldens.Read("defaults", name);
        var stored = Goldens.Decode(golden["stored"]!).Object;
        var (kind, obj) = Goldens.Decode(golden["object"]!);

        obj = obj.CopyWith(obj.Metadata with { Uid = stored.Metadata.Uid, Namespace = stored.Metadata.Namespace });
        var prepared = kind.PrepareForCreate(kind.ApplyDefaults(obj));

        Assert.Equal(Text(stored), Text(prepared));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Defaults_of_a_stored_object_change_nothing(string name)
    {
        var (kind, stored) = Goldens.Decode(Goldens.Read("defaults", name)["stored"]!);

        Assert.Equal(Text(stored), Text(kind.ApplyDefaults(stored)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_stored_object_is_valid_and_may_be_written_again(string name)
    {
        var (kind, stored) = Goldens.Decode(Goldens.Read("defaults", name)["stored"]!);
        var findings = new Findings();
        kind.Validate(stored, findings);
        kind.ValidateUpdate(stored, stored, findings);
        kind.ValidateStatusUpdate(stored, stored, findings);

        Assert.Empty(findings.Errors);
    }

    private static string Text(IObject obj)
    {
        var json = JsonNode.Parse(Encoding.UTF8.GetString(Json.EncodeObject(obj)))!;
        return Sorted(json)!.ToJsonString(new() { WriteIndented = true });
    }

    /// <summary>Labels come in any order.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
