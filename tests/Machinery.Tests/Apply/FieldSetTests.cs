using System.Text;
using CsCheck;

namespace KubeSharp.Machinery.Tests.Apply;

public sealed class FieldSetTests
{
    private static readonly Gen<FieldSet> Sets = Gen.OneOf(
            Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c.d"), Gen.Const("")).Select(PathElement.Field),
            Gen.Int[0, 3].Select(i => PathElement.Parse($"v:{i}")!.Value),
            Gen.OneOf(Gen.Const("x"), Gen.Const("y\"z")).Select(s => PathElement.Key(new("port", Number(443)), new("name", FieldScalar.Of(s)))))
        .Array[1, 4].Select(path => FieldSet.Of(path.AsSpan())).Array[0, 12].Select(all => all.Aggregate(FieldSet.Empty, (set, one) => set.Union(one)));

    public static TheoryData<string> Encodings =>
    [
        """{"f:data":{".":{},"f:a":{}}}""",
        """{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}},"f:status":{}}""",
        """{"f:set":{"v:\"a/b\"":{},"v:true":{}},"f:zahlen":{"v:2":{},"v:10":{}}}""",
        """{"f:list":{"i:3":{"f:x":{}}}}""",
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void An_encoding_comes_back_as_it_was(string json) => Assert.Equal(json, Text(FieldsV1.Read(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("""{"f:b":{},"f:a":{}}""", """{"f:a":{},"f:b":{}}""")]
    [InlineData("""{"k:{\"b\":1,\"a\":1.0}":{}}""", """{"k:{\"a\":1,\"b\":1}":{}}""")]
    [InlineData("""{"x:new":{"f:a":{}},"f:a":null}""", """{"f:a":{}}""")]
    [InlineData("{}", "{}")]
    public void Other_spellings_become_ours(string json, string ours) => Assert.Equal(ours, Text(FieldsV1.Read(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"f":{}}""")]
    [InlineData("""{"fa":{}}""")]
    [InlineData("""{"f:a":1}""")]
    [InlineData("""{"k:[]":{}}""")]
    [InlineData("""{"k:{":{}}""")]
    [InlineData("""{"i:x":{}}""")]
    [InlineData("""{}{}""")]
    public void What_is_no_encoding_is_refused(string json) => Assert.Throws<DecodeException>(() => FieldsV1.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Paths_are_shown_as_conflicts_show_them()
    {
        var set = FieldsV1.Read("""{"f:spec":{".":{},"f:c":{"k:{\"name\":\"x\",\"port\":80}":{"f:image":{}}},"f:s":{"v:\"q\"":{}},"f:l":{"i:2":{}}}}"""u8.ToArray());

        Assert.Equal([".spec", ".spec.c[name=\"x\",port=80].image", ".spec.l[2]", ".spec.s[=\"q\"]"], set.Paths());
    }

    [Fact]
    public void Sets_obey_the_laws_of_sets() => Gen.Select(Sets, Sets).Sample((a, b) =>
    {
        var (left, right) = (a.Paths().ToHashSet(), b.Paths().ToHashSet());
        Assert.Equal(left.Union(right).Order(), a.Union(b).Paths().Order());
        Assert.Equal(left.Intersect(right).Order(), a.Intersect(b).Paths().Order());
        Assert.Equal(left.Except(right).Order(), a.Except(b).Paths().Order());
        Assert.Same(a, a.Union(a.Intersect(b)));
        var rest = a.Except(b);
        Assert.Same(rest, rest.Except(b));
        Assert.Equal(a, FieldsV1.Read(a.Json));
        Assert.Equal(left.Where(p => !right.Any(r => p == r || Below(p, r))).Order(), a.ExceptTrees(b).Paths().Order());
    });

    [Fact]
    public void A_pattern_keeps_what_lies_below_its_places()
    {
        var set = FieldsV1.Read("""{"f:spec":{"f:c":{"k:{\"name\":\"x\"}":{".":{},"f:image":{},"f:resources":{"f:limits":{}}}},"f:r":{}}}"""u8.ToArray());

        Assert.Equal("""{"f:spec":{"f:c":{"k:{\"name\":\"x\"}":{".":{},"f:resources":{"f:limits":{}}}}}}""", Text(new FieldPattern("spec.c.*.resources").Keep(set)));
    }

    private static bool Below(string path, string parent) => path.StartsWith(parent, StringComparison.Ordinal) && path[parent.Length] is '.' or '[';

    private static FieldScalar Number(int value) => FieldScalar.Of(System.Text.Json.JsonElement.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static string Text(FieldSet set) => Encoding.UTF8.GetString(set.Json.Span);
}
