using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Tests;

namespace KubeSharp.Machinery.Tests.Hostile;

/// <summary>The readers of documents and of what is done to them: patches, managed fields, schemas of custom resources.</summary>
public sealed class DocumentFuzzTests
{
    private const int Many = 1_500;

    private const string Document = """{"metadata":{"name":"p","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]},{"name":"d"}],"tolerations":[{"key":"a"}],"nodeSelector":{"x":"y"}}}""";

    private static readonly byte[][] Json = Bytes("null", "{", "}", "[", "]", "\"", ":", ",", "{}", "[]", "1", "-0", "1e999", "true", "\"\":1,", "$patch", "\"$patch\":\"delete\",", "$retainKeys", "\\u0000", "9223372036854775808", "~0", "~2", "/-", "/0", "/");

    [Fact]
    public void Patches_apply_or_are_refused()
    {
        var kinds = new (string[] Seeds, Func<JsonNode, byte[], JsonNode?> Apply)[]
        {
            (["""[{"op":"test","path":"/spec/nodeSelector/x","value":"y"},{"op":"add","path":"/spec/containers/-","value":{"name":"e"}},{"op":"move","from":"/metadata/labels","path":"/spec/l"},{"op":"copy","from":"","path":"/a"},{"op":"remove","path":"/spec/containers/0"},{"op":"replace","path":"/spec/tolerations/-1/key","value":null}]"""],
                (d, p) => JsonPatch.Apply(d, p)),
            (["""{"spec":{"containers":null,"nodeSelector":{"x":null,"z":{"w":null}}},"a":[1,{}]}"""],
                (d, p) => MergePatch.Apply(d, JsonNodes.Parse(p, DecodeContext.Lenient))),
            (["""{"spec":{"$setElementOrder/containers":[{"name":"d"},{"name":"c"}],"containers":[{"name":"c","image":"j","$setElementOrder/ports":[{"containerPort":80}],"ports":[{"containerPort":80,"$patch":"delete"}]}],"$deleteFromPrimitiveList/finalizers":["a"],"$retainKeys":["containers"],"tolerations":[{"$patch":"replace"}],"nodeSelector":{"$patch":"merge","x":null}}}"""],
                (d, p) => StrategicMergePatch.Apply(d, JsonNodes.Parse(p, DecodeContext.Lenient) ?? new JsonObject(), Pod.Schema)),
        };
        foreach (var (seeds, apply) in kinds)
        {
            foreach (var bytes in Mutated.Bytes(Bytes(seeds), Json, Many / 3))
            {
                Mutated.Bounded(bytes, () =>
                {
                    var document = JsonNode.Parse(Document)!;
                    var refusal = Record.Exception(() => apply(document, bytes)?.ToJsonString());
                    Assert.True(refusal is null or PatchException or JsonException, Convert.ToHexString(bytes) + " " + Encoding.Latin1.GetString(bytes) + refusal);
                    Assert.Equal(Document, document.ToJsonString());
                });
            }
        }
    }

    [Fact]
    public void Managed_fields_come_back_as_they_were_or_are_refused()
    {
        var seeds = Bytes("""{"f:spec":{".":{},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}},"f:set":{"v:\"a\"":{},"v:1.5":{},"v:null":{}},"f:list":{"i:3":{}}}}""", "{}");
        foreach (var bytes in Mutated.Bytes(seeds, Bytes("f:", "k:", "v:", "i:", ".", "x:", "{", "}", "\"", "\\\"", ":", ",", "{}", "null", "-1", "1e999", "{\\\"a\\\":1}"), Many))
        {
            Mutated.Bounded<DecodeException>(bytes, () =>
            {
                var set = FieldsV1.Read(bytes);
                Assert.Equal(set, FieldsV1.Read(set.Json));
                Assert.Equal(Encoding.UTF8.GetString(set.Json.Span), Encoding.UTF8.GetString(FieldsV1.Read(set.Json).Json.Span));
                _ = set.Paths().Count();
            });
        }
    }

    [Fact]
    public void Schemas_of_custom_resources_are_judged_and_judge_without_harm()
    {
        var seeds = Bytes(
            """{"type":"object","properties":{"spec":{"type":"object","required":["a"],"properties":{"a":{"type":"string","pattern":"^[a-z]+$","maxLength":5,"default":"x"},"n":{"type":"integer","minimum":1,"multipleOf":2,"enum":[1,2]},"l":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","properties":{"k":{"type":"string"}}}},"m":{"type":"object","additionalProperties":{"x-kubernetes-int-or-string":true}},"e":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}},"status":{"type":"object","nullable":true,"oneOf":[{"required":["b"]},{"not":{"required":["c"]}}],"allOf":[{"properties":{"d":{"format":"date-time"}}}]}}}""",
            """{"type":"array","items":{"type":"object","x-kubernetes-map-type":"atomic","x-kubernetes-validations":[{"rule":"self.size() > 0","message":"m"}]},"uniqueItems":false,"maxItems":3}""");
        var values = new[] { "null", "1", "\"x\"", "[]", """{"spec":{"a":"long one","n":3,"l":[{"k":"a"},{"k":"a"},1],"m":{"p":1.5,"q":"x"},"e":{"kind":1}},"status":{"d":"no"}}""" }.Select(v => JsonNode.Parse(v)).ToArray();
        string[] words = ["\"type\":\"object\"", "\"type\":[]", "\"items\":{}", "\"properties\":{\"\":{}}", "\"pattern\":\"(\"", "\"pattern\":\"(?=a)\"", "\"not\":{", "\"default\":", "\"maxLength\":-1", "\"minimum\":1e308", "\"x-kubernetes-list-type\":\"set\"", "\"multipleOf\":0", "\"$ref\":\"a\"", "\"enum\":[{}]", "true", "null", "{", "}", "[", "]", ",", ":"];
        var read = 0;
        foreach (var bytes in Mutated.Bytes(seeds, Bytes(words), Many))
        {
            Mutated.Bounded<DecodeException>(bytes, () =>
            {
                var props = Machinery.Json.Decode<JSONSchemaProps>(bytes, DecodeContext.Lenient);
                var schema = JsonSchema.Of(JsonTree.Parse(Machinery.Json.Encode(props), DecodeContext.Lenient));
                read++;
                var isStructural = StructuralRules.Validate(schema, "schema").Count == 0;
                foreach (var value in values)
                {
                    var findings = new Findings();
                    new ValueValidation(schema).Validate(value, "", findings);
                    _ = findings.ToString();
                    if (!isStructural)
                        continue;

                    var copy = value?.DeepClone();
                    Defaulting.Apply(copy, schema);
                    Pruning.Prune(copy, schema, isResourceRoot: false);
                    Assert.False(Pruning.Prune(copy, schema, isResourceRoot: false));
                    _ = SchemaTrees.OfObject(schema, "X", []);
                }
            });
        }

        Assert.True(read > Many / 20, $"only {read} were schemas");
    }

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
