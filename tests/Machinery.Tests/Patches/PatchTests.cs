using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.Tests.Patches;

/// <summary>What the recordings do not show.</summary>
public sealed class PatchTests
{
    private static readonly Schema Pod = ApiCatalog.CodecFor("", "v1", "Pod")!.Schema;

    [Theory]
    [InlineData("""[{"op":"move","from":"/a","path":"/a/b"}]""")]
    [InlineData("""[{"op":"remove","path":"/l/2"}]""")]
    [InlineData("""[{"op":"remove","path":"/l/-3"}]""")]
    [InlineData("""[{"op":"remove","path":"/l/x"}]""")]
    [InlineData("""[{"op":"add","path":"/l/3","value":1}]""")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a/b/c","value":1}]""")]
    [InlineData("""[{"op":"replace","path":"","value":1}]""")]
    [InlineData("""[{"op":"test","path":"/none","value":1}]""")]
    [InlineData("""[{"path":"/a","value":1}]""")]
    public void An_operation_that_does_not_apply_is_unprocessable_and_says_why(string patch)
    {
        var refusal = Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":{},"l":[1,2]}"""), Encoding.UTF8.GetBytes(patch)));

        Assert.Equal((422, "the server rejected our request due to an error in our request"), (refusal.Code, refusal.Message));
        Assert.NotEmpty(refusal.Detail);
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/l/0","value":9}]""", """{"a":{},"l":[9,1,2]}""")]
    [InlineData("""[{"op":"add","path":"/l/-1","value":9}]""", """{"a":{},"l":[1,2,9]}""")]
    [InlineData("""[{"op":"replace","path":"/l/-2","value":9}]""", """{"a":{},"l":[9,2]}""")]
    [InlineData("""[{"op":"test","path":"/none"},{"op":"test","path":"/l","value":[1,2]},{"op":"copy","from":"/l","path":"/a/x"}]""", """{"a":{"x":[1,2]},"l":[1,2]}""")]
    [InlineData("""[{"op":"replace","path":"","value":{"n":1}},{"op":"move","from":"/n","path":"/m"}]""", """{"m":1}""")]
    [InlineData("""[{"op":"add","path":"/a","value":1,"value":2}]""", """{"a":2,"l":[1,2]}""")]
    public void Operations_apply_in_turn(string patch, string expected) => Assert.Equal(
        expected, JsonPatch.Apply(JsonNode.Parse("""{"a":{},"l":[1,2]}"""), Encoding.UTF8.GetBytes(patch))!.ToJsonString());

    [Fact]
    public void Ten_thousand_operations_are_allowed_and_one_more_is_too_large()
    {
        static byte[] Patch(int count) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("""{"op":"add","path":"/a","value":1}""", count))}]");

        Assert.NotNull(JsonPatch.Apply(new JsonObject(), Patch(10_000)));
        var refusal = Assert.Throws<PatchException>(() => JsonPatch.Apply(new JsonObject(), Patch(10_001)));
        Assert.Equal((413, "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"), (refusal.Code, refusal.Message));
    }

    [Fact]
    public void Copies_that_double_the_document_are_stopped()
    {
        var copies = string.Join(',', Enumerable.Range(0, 60).Select(_ => """{"op":"copy","from":"/a","path":"/a/-"}"""));

        var refusal = Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":["x"]}"""), Encoding.UTF8.GetBytes($"[{copies}]")));
        Assert.StartsWith("Unable to complete the copy, the accumulated size", refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "[null]", "[null]")]
    [InlineData("""{"a":1}""", """{"a":{"b":null,"c":[{"d":null}]}}""", """{"a":{"c":[{}]}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[null]}""", """{"a":[null]}""")]
    [InlineData("""{"a":[1]}""", """{"a":null}""", "{}")]
    public void A_merge_patch_reads_nulls_as_upstream_does(string document, string patch, string expected) =>
        Assert.Equal(expected, MergePatch.Apply(JsonNode.Parse(document), JsonNode.Parse(patch))!.ToJsonString());

    [Theory]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a","z"]}}""", """{"metadata":{"finalizers":["b","c"]},"spec":{"containers":[{"name":"x","image":"1"},{"name":"y"}]}}""")]
    [InlineData("""{"metadata":{"$setElementOrder/finalizers":["c","n","a"],"finalizers":["n"]}}""", """{"metadata":{"finalizers":["b","c","n","a"]},"spec":{"containers":[{"name":"x","image":"1"},{"name":"y"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"n","$setElementOrder/env":[],"resources":{"$patch":"delete"},"args":null},{"name":"n","image":"2"}]}}""", """{"metadata":{"finalizers":["a","b","c"]},"spec":{"containers":[{"name":"n","image":"2"},{"name":"x","image":"1"},{"name":"y"}]}}""")]
    [InlineData("""{"spec":{"volumes":[{"name":"v"}],"nodeSelector":{"$patch":"delete"}}}""", """{"metadata":{"finalizers":["a","b","c"]},"spec":{"containers":[{"name":"x","image":"1"},{"name":"y"}],"volumes":[{"name":"v"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"y","$patch":"delete"},{"name":"x","image":null}]}}""", """{"metadata":{"finalizers":["a","b","c"]},"spec":{"containers":[{"name":"x"}]}}""")]
    public void A_strategic_patch_follows_its_directives(string patch, string expected)
    {
        var (document, changes) = (JsonNode.Parse("""{"metadata":{"finalizers":["a","b","c"]},"spec":{"containers":[{"name":"x","image":"1"},{"name":"y"}]}}""")!, JsonNode.Parse(patch)!);
        var (before, sent) = (document.ToJsonString(), changes.ToJsonString());

        Assert.Equal(expected, StrategicMergePatch.Apply(document, changes, Pod)!.ToJsonString());
        Assert.Equal((before, sent), (document.ToJsonString(), changes.ToJsonString()));
    }

    [Theory]
    [InlineData("""{"spec":{"$retainKeys":"x"}}""", 400, "invalid patch format of retainKeys")]
    [InlineData("""{"spec":{"$retainKeys":["containers"],"hostNetwork":true}}""", 400, "invalid patch format of retainKeys")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList":["x"]}}""", 400, "invalid patch format of primitive list")]
    [InlineData("""{"metadata":{"$setElementOrder":["x"]}}""", 400, "invalid patch format of setElementOrder list")]
    [InlineData("""{"metadata":{"$setElementOrder/finalizers":"x"}}""", 500, "expected a []interface {}, but received a string")]
    [InlineData("""{"spec":{"containers":[{"$patch":"merge"}]}}""", 500, "merging lists cannot yet be specified in the patch")]
    [InlineData("""{"spec":{"containers":[{"$patch":"no","name":"x"}]}}""", 500, "unknown patch type: no in map: map[$patch:no name:x]")]
    [InlineData("""{"spec":{"containers":[{"$patch":"delete"}]}}""", 500, "map: map[$patch:delete] does not contain declared merge key: name")]
    [InlineData("""{"spec":{"containers":["x"]}}""", 500, "list element types are not identical: [[map[name:x]] [x]]")]
    [InlineData("[]", 400, "invalid JSON document")]
    public void A_malformed_strategic_patch_is_refused_in_upstreams_words(string patch, int code, string message)
    {
        var refusal = Assert.Throws<PatchException>(() => StrategicMergePatch.Apply(
            JsonNode.Parse("""{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"x"}]}}""")!, JsonNode.Parse(patch)!, Pod));

        Assert.Equal((code, message), (refusal.Code, refusal.Message));
    }
}
