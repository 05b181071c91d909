using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace KubeSharp.Machinery.Tests.Apply;

/// <summary>Comparing, extracting, merging and removing by one schema that has every sort of list and map.</summary>
public sealed class TypedWalkTests
{
    private static readonly Schema Item = Struct(
        new("name", Schemas.Text), new("port", Schemas.Int32) { Default = JsonValue.Create(80) }, new("value", Schemas.Text),
        new("nested", List(Schemas.Text)) { ListKind = ListKind.Set });

    private static readonly Schema Root = Struct(
        new("text", Schemas.Text),
        new("number", Schemas.Int64),
        new("quantity", Schemas.Quantity),
        new("map", Map(Schemas.Text)),
        new("whole", Map(Schemas.Text)) { IsAtomic = true },
        new("struct", Struct(new("a", Schemas.Text), new("b", Schemas.Text))),
        new("list", List(Schemas.Text)),
        new("set", List(Schemas.Text)) { ListKind = ListKind.Set },
        new("items", List(Item)) { ListKind = ListKind.Map, MapKeys = ["name", "port"] },
        new("lists", Map(new(SchemaType.List) { ElementOf = () => Item, ListKind = ListKind.Map, MapKeys = ["name"] })),
        new("any", Schemas.Raw));

    /// <summary>before, after, added, modified, removed: the sets as their paths.</summary>
    public static TheoryData<string, string, string, string, string> Changes => new()
    {
        { """{"text":"a"}""", """{"text":"a"}""", "", "", "" },
        { """{"text":"a","number":1}""", """{"text":"b","quantity":"1"}""", ".quantity", ".text", ".number" },
        { """{"number":1}""", """{"number":1.0}""", "", "", "" },
        { """{"map":{"a":"1","b":"1"}}""", """{"map":{"b":"2","c":"1"}}""", ".map.c", ".map.b", ".map.a" },
        { "{}", """{"map":{"a":"1"}}""", ".map .map.a", "", "" },
        { """{"map":null}""", """{"map":{"a":"1"}}""", ".map.a", "", "" },
        { """{"map":{}}""", "{}", "", "", ".map" },
        { """{"whole":{"a":"1"}}""", """{"whole":{"a":"2"}}""", "", ".whole", "" },
        { """{"list":["a"]}""", """{"list":["a","b"]}""", "", ".list", "" },
        { """{"set":["a","b"]}""", """{"set":["c","b"]}""", ".set[=\"c\"]", "", ".set[=\"a\"]" },
        { """{"set":["a","b"]}""", """{"set":["b","a"]}""", "", "", "" },
        { """{"set":["a","a"]}""", """{"set":["a"]}""", ".set[=\"a\"]", "", ".set[=\"a\"]" },
        { """{"items":[{"name":"a","value":"1"}]}""", """{"items":[{"name":"a","port":80,"value":"2"}]}""", ".items[name=\"a\",port=80].port", ".items[name=\"a\",port=80].value", "" },
        { """{"items":[{"name":"a","port":1}]}""", """{"items":[{"name":"a","port":2}]}""", ".items[name=\"a\",port=2] .items[name=\"a\",port=2].name .items[name=\"a\",port=2].port", "", ".items[name=\"a\",port=1] .items[name=\"a\",port=1].name .items[name=\"a\",port=1].port" },
        { """{"lists":{"x":[{"name":"a","value":"1"}]}}""", """{"lists":{"x":[{"name":"a","value":"2"}]}}""", "", ".lists.x[name=\"a\"].value", "" },
        { """{"any":{"a":{"b":1}}}""", """{"any":{"a":{"b":2},"c":[1]}}""", ".any.c", ".any.a.b", "" },
        { """{"any":{"a":{"b":1}}}""", """{"any":{"a":1}}""", "", ".any.a", ".any.a.b" },
        { """{"any":{"a":1}}""", """{"any":{"a":{"b":1}}}""", ".any.a.b", ".any.a", "" },
    };

    public static TheoryData<string, string> Extractions => new()
    {
        { """{"text":"a","number":null,"map":{},"list":[],"set":[],"struct":{"a":"1"}}""", ".list .map .number .text .struct.a" },
        { """{"map":{"a":"1"},"whole":{"b":"1"},"set":["x"],"any":{"l":[1],"m":{"k":1}}}""", ".whole .any.l .any.m .any.m.k .map.a .set[=\"x\"]" },
        { """{"items":[{"name":"a","nested":["n"]}]}""", ".items[name=\"a\",port=80] .items[name=\"a\",port=80].name .items[name=\"a\",port=80].nested[=\"n\"]" },
    };

    /// <summary>live, applied, merged.</summary>
    public static TheoryData<string, string, string> Merges => new()
    {
        { """{"text":"a","number":1}""", """{"text":"b"}""", """{"text":"b","number":1}""" },
        { """{"map":{"a":"1"},"whole":{"a":"1"}}""", """{"map":{"b":"1"},"whole":{"b":"1"}}""", """{"map":{"a":"1","b":"1"},"whole":{"b":"1"}}""" },
        { """{"map":{"a":"1"}}""", """{"map":{}}""", """{"map":{"a":"1"}}""" },
        { """{"map":{"a":"1"}}""", """{"map":null}""", """{"map":{"a":"1"}}""" },
        { """{"text":"a"}""", """{"text":null}""", """{"text":null}""" },
        { """{"list":["a"]}""", """{"list":["b"]}""", """{"list":["b"]}""" },
        { """{"set":["a","b","c"]}""", """{"set":["d","b"]}""", """{"set":["a","d","b","c"]}""" },
        { """{"set":["a","b","c"]}""", """{"set":["c","a"]}""", """{"set":["b","c","a"]}""" },
        { """{"set":["a","a","b"]}""", """{"set":["a"]}""", """{"set":["a","b"]}""" },
        { """{"items":[{"name":"a","value":"1"},{"name":"b","value":"1"}]}""", """{"items":[{"name":"x"},{"name":"b","port":80,"value":"2"}]}""", """{"items":[{"name":"a","value":"1"},{"name":"x"},{"name":"b","value":"2","port":80}]}""" },
        { """{"any":{"a":{"b":1},"l":[1,2]}}""", """{"any":{"a":{"c":1},"l":[3]}}""", """{"any":{"a":{"b":1,"c":1},"l":[3]}}""" },
        { """{"any":{"a":{"b":1}}}""", """{"any":{"a":1}}""", """{"any":{"a":1}}""" },
    };

    /// <summary>document, FieldsV1 of what goes, the rest.</summary>
    public static TheoryData<string, string, string> Removals => new()
    {
        { """{"text":"a","map":{"a":"1","b":"1"}}""", """{"f:text":{},"f:map":{"f:a":{}}}""", """{"map":{"b":"1"}}""" },
        { """{"text":"a","map":{"a":"1"}}""", """{"f:map":{"f:a":{}}}""", """{"text":"a","map":null}""" },
        { """{"set":["a","b"],"items":[{"name":"a","value":"1"},{"name":"b"}]}""", """{"f:set":{"v:\"a\"":{}},"f:items":{"k:{\"name\":\"a\",\"port\":80}":{"f:value":{}},"k:{\"name\":\"b\",\"port\":80}":{}}}""", """{"set":["b"],"items":[{"name":"a"}]}""" },
        { """{"list":["a"],"text":"x"}""", """{"f:list":{"i:0":{}}}""", """{"list":null,"text":"x"}""" },
    };

    public static TheoryData<string, string?> Documents => new()
    {
        { """{"text":"a","any":{"x":[{"y":1}]},"items":[{"name":"a"},{"name":"a","port":81}],"set":null}""", null },
        { """{"nope":1}""", ".nope: field not declared in schema" },
        { """{"text":1}""", ".text: expected string, got &value.valueUnstructured{Value:1}" },
        { """{"number":"1","map":[]}""", "errors:\n  .number: expected numeric (int or float), got string\n  .map: expected map, got &{[]}" },
        { """{"list":{"a":"b"}}""", ".list: expected list, got &{map[a:b]}" },
        { """{"quantity":[]}""", ".quantity: expected any scalar, got &{[]}" },
        { """{"set":["a","b","a"]}""", ".set: duplicate entries for key [=\"a\"]" },
        { """{"set":[["a"]]}""", ".set: element 0: not supported: associative list with lists as elements" },
        { """{"items":[{"name":"a"},{"name":"a","port":80}]}""", ".items: duplicate entries for key [name=\"a\",port=80]" },
        { """{"items":[null]}""", ".items: element 0: associative list with keys may not have a null element" },
        { """{"lists":{"x":[{"port":1}]}}""", ".lists.x: element 0: associative list with keys has an element that omits all key fields [\"name\"] (and doesn't have default values for any key fields)" },
        { """{"items":[{"name":"a","nested":[1]}]}""", ".items[name=\"a\",port=80].nested[=1]: expected string, got &value.valueUnstructured{Value:1}" },
    };

    /// <summary>Documents of the schema, as an applier would write them: no nulls, no empty lists.</summary>
    private static readonly Gen<JsonObject> Generated = Gen.Select(
        Gen.OneOf(Gen.Const(""), Gen.Const("a"), Gen.Const("b")), Gen.OneOf(Gen.Const("p"), Gen.Const("q"), Gen.Const("r")).HashSet[0, 3], Gen.OneOf(Gen.Const("x"), Gen.Const("y"), Gen.Const("z")).HashSet[0, 3], Gen.Int[0, 2].HashSet[0, 3], Gen.Int[0, 1],
        (text, keys, set, ports, any) =>
        {
            var document = new JsonObject();
            if (text.Length > 0)
                document["text"] = text;
            if (keys.Count > 0)
                document["map"] = new JsonObject(keys.Select(k => KeyValuePair.Create(k, (JsonNode?)(text + k))));
            if (set.Count > 0)
                document["set"] = new JsonArray([.. set.Select(s => (JsonNode)s)]);
            if (ports.Count > 0)
                document["items"] = new JsonArray([.. ports.Select(p => (JsonNode)new JsonObject { ["name"] = "n", ["port"] = p, ["value"] = text })]);
            if (any > 0)
                document["any"] = new JsonObject { ["k" + text] = new JsonArray(1, 2) };
            return document;
        });

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_comparison_says_what_changed(string before, string after, string added, string modified, string removed)
    {
        var found = FieldComparison.Of(Root, Parse(before), Parse(after));

        Assert.Equal((added, modified, removed), (Text(found.Added), Text(found.Modified), Text(found.Removed)));
    }

    [Theory]
    [MemberData(nameof(Extractions))]
    public void A_document_owns_its_leaves_and_items(string document, string paths) => Assert.Equal(paths, Text(FieldSchemas.FieldsOf(Root, Parse(document))));

    [Theory]
    [MemberData(nameof(Merges))]
    public void A_merge_keeps_what_is_not_applied(string live, string applied, string merged) =>
        Assert.Equal(merged, FieldMerge.Merge(Root, Parse(live), Parse(applied))!.ToJsonString());

    [Theory]
    [MemberData(nameof(Removals))]
    public void A_removal_takes_the_places_and_nothing_else(string document, string places, string rest) =>
        Assert.Equal(rest, FieldMerge.Remove(Root, Parse(document), FieldsV1.Read(Encoding.UTF8.GetBytes(places)))!.ToJsonString());

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_that_does_not_fit_is_refused_in_upstreams_words(string document, string? problem) => Assert.Equal(problem, FieldCheck.Problem(Root, Parse(document)));

    [Fact]
    public void What_has_become_atomic_is_owned_whole()
    {
        var old = FieldsV1.Read("""{"f:whole":{".":{},"f:a":{}},"f:list":{"i:0":{}},"f:map":{"f:a":{}},"f:gone":{"f:x":{}}}"""u8.ToArray());
        var fitting = FieldSchemas.Reconcile(old, Root);

        Assert.Equal(".list .whole .gone.x .map.a", Text(fitting));
        Assert.Same(fitting, FieldSchemas.Reconcile(fitting, Root));
    }

    [Fact]
    public void Applied_over_anything_a_document_owns_exactly_its_fields() => Gen.Select(Generated, Generated).Sample((live, applied) =>
    {
        var (old, wanted) = (Parse(live.ToJsonString()), Parse(applied.ToJsonString()));
        var fields = FieldSchemas.FieldsOf(Root, wanted);
        var merged = Parse(FieldMerge.Merge(Root, old, wanted)!.ToJsonString());
        Assert.Equal(fields, FieldSchemas.FieldsOf(Root, merged).Intersect(fields));
        Assert.Equal(FieldSchemas.FieldsOf(Root, old).Union(fields), FieldSchemas.FieldsOf(Root, merged));
        Assert.True(FieldComparison.Of(Root, merged, Parse(FieldMerge.Merge(Root, merged, wanted)!.ToJsonString())).IsSame);
        Assert.True(FieldComparison.Of(Root, old, merged).Removed.IsEmpty);
    });

    private static JsonElement Parse(string json) => JsonElement.Parse(json);

    private static string Text(FieldSet set) => string.Join(' ', set.Paths());

    private static Schema Struct(params SchemaField[] fields) => new(SchemaType.Object) { FieldsOf = () => fields };

    private static Schema Map(Schema element) => new(SchemaType.Map) { ElementOf = () => element };

    private static Schema List(Schema element) => new(SchemaType.List) { ElementOf = () => element };
}
