using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace KubeSharp.Machinery.Tests.Patches;

public sealed class PatchPropertyTests
{
    private static readonly Gen<string> Keys = OneOf("a", "b", "c", "a/b", "m~n", "", "0");

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Gen.Int[0, 9].Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        OneOf("\"x\"", "\"y\"", "true", "false"));

    /// <summary>JSON texts: a text is immutable, so that no test can be misled by a shared node.</summary>
    private static readonly Gen<string> Documents = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Scalars
        : Gen.OneOf(
            Scalars,
            Gen.Dictionary(Keys, inner)[0, 4].Select(m => $"{{{string.Join(',', m.Select(p => $"\"{p.Key}\":{p.Value}"))}}}"),
            inner.Array[0, 4].Select(l => $"[{string.Join(',', l)}]")));

    private static readonly Gen<string> Maps = Gen.Dictionary(Keys, Documents)[0, 5]
        .Select(m => $"{{{string.Join(',', m.Select(p => $"\"{p.Key}\":{p.Value}"))}}}");

    [Fact]
    public void The_empty_merge_patch_changes_nothing() =>
        Maps.Sample(text => Assert.Equal(Node(text)!.ToJsonString(), MergePatch.Apply(Node(text), new JsonObject())!.ToJsonString()));

    [Fact]
    public void The_empty_strategic_patch_changes_nothing() =>
        Maps.Sample(text => Assert.Equal(
            Node(text)!.ToJsonString(), StrategicMergePatch.Apply(Node(text)!, new JsonObject(), new Schema(SchemaType.Any))!.ToJsonString()));

    [Fact]
    public void The_difference_of_two_documents_applied_as_merge_patch_gives_the_second() =>
        Gen.Select(Maps, Maps).Sample((from, to) =>
            Assert.True(JsonNode.DeepEquals(Node(to), MergePatch.Apply(Node(from), MergeDifference(Node(from)!.AsObject(), Node(to)!.AsObject())))));

    [Fact]
    public void The_difference_of_two_documents_applied_as_json_patch_gives_the_second() =>
        Gen.Select(Maps, Maps).Sample((from, to) =>
        {
            var document = Node(from);
            var operations = new JsonArray();
            Difference("", document, Node(to), operations);

            Assert.True(JsonNode.DeepEquals(Node(to), JsonPatch.Apply(document, Encoding.UTF8.GetBytes(operations.ToJsonString()))));
            Assert.Equal(Node(from)!.ToJsonString(), document!.ToJsonString());
        });

    [Fact]
    public void Merging_twice_is_merging_once() =>
        Gen.Select(Maps, Maps).Sample((text, patch) =>
        {
            var once = MergePatch.Apply(Node(text), Node(patch));
            Assert.Equal(once!.ToJsonString(), MergePatch.Apply(once, Node(patch))!.ToJsonString());
        });

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static JsonNode? Node(string text) => JsonNode.Parse(text);

    private static JsonObject MergeDifference(JsonObject from, JsonObject to)
    {
        var result = new JsonObject();
        foreach (var (key, _) in from.Where(p => !to.ContainsKey(p.Key)))
            result[key] = null;

        foreach (var (key, value) in to.Where(p => !JsonNode.DeepEquals(from[p.Key], p.Value)))
            result[key] = from[key] is JsonObject a && value is JsonObject b ? MergeDifference(a, b) : value!.DeepClone();

        return result;
    }

    private static void Difference(string path, JsonNode? from, JsonNode? to, JsonArray operations)
    {
        if (from is JsonObject oldMap && to is JsonObject newMap)
        {
            foreach (var (key, _) in oldMap.Where(p => !newMap.ContainsKey(p.Key)))
                operations.Add(new JsonObject { ["op"] = "remove", ["path"] = $"{path}/{Escaped(key)}" });

            foreach (var (key, value) in newMap)
            {
                if (oldMap.ContainsKey(key))
                    Difference($"{path}/{Escaped(key)}", oldMap[key], value, operations);
                else
                    operations.Add(new JsonObject { ["op"] = "add", ["path"] = $"{path}/{Escaped(key)}", ["value"] = value?.DeepClone() });
            }
        }
        else if (from is JsonArray oldList && to is JsonArray newList)
        {
            for (var i = oldList.Count; i > newList.Count; i--)
                operations.Add(new JsonObject { ["op"] = "remove", ["path"] = $"{path}/{i - 1}" });

            for (var i = 0; i < newList.Count; i++)
            {
                if (i < oldList.Count)
                    Difference($"{path}/{i}", oldList[i], newList[i], operations);
                else
                    operations.Add(new JsonObject { ["op"] = "add", ["path"] = $"{path}/-", ["value"] = newList[i]?.DeepClone() });
            }
        }
        else if (!JsonNode.DeepEquals(from, to))
        {
            operations.Add(new JsonObject { ["op"] = "replace", ["path"] = path, ["value"] = to?.DeepClone() });
        }
    }

    private static string Escaped(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
