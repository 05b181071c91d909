using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.Tests.Patches;

/// <summary>Every recorded patch: the document before, what was sent, and what an upstream server made of it.</summary>
public sealed class PatchGoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "patch");

    /// <summary>Metadata that the server writes itself, and the status, which a patch of the main resource cannot change.</summary>
    private static readonly string[] ServersOwn = ["resourceVersion", "generation", "managedFields", "uid", "creationTimestamp"];

    private static readonly string[] Defaulted =
    [
        "imagePullPolicy", "terminationMessagePath", "terminationMessagePolicy", "protocol", "targetPort", "progressDeadlineSeconds",
        "revisionHistoryLimit", "rollingUpdate", "type", "dnsPolicy", "restartPolicy", "schedulerName", "securityContext", "terminationGracePeriodSeconds",
    ];

    public static TheoryData<string> Accepted => [.. Cases().Where(c => !c.StartsWith("error-", StringComparison.Ordinal))];

    public static TheoryData<string> Refused => [.. Cases().Where(c => c.StartsWith("error-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_patch_makes_of_the_document_what_upstream_made(string name)
    {
        var golden = Read(name);
        var before = golden["steps"]![0]!["response"]!["body"]!.AsObject();
        var request = golden["steps"]![1]!["request"]!;
        var response = golden["steps"]![1]!["response"]!;
        var input = before.ToJsonString();

        if (response["status"]!.GetValue<int>() >= 500)
        {
            var refusal = Assert.Throws<PatchException>(() => Apply(before, request));
            var isYaml = request["body"] is JsonValue; // upstream 1.20 answered 500 to what is no JSON; later versions 400
            Assert.Equal(isYaml ? 400 : 500, refusal.Code);
            Assert.True(isYaml || refusal.Message == response["body"]!["message"]!.GetValue<string>(), refusal.Message);
            return;
        }

        var after = Apply(before, request)!;

        Assert.Equal(input, before.ToJsonString());
        if (response["status"]!.GetValue<int>() == 200)
            AssertSameButForDefaults(Comparable(response["body"]!, request), Comparable(after, request));
        else
            Assert.NotEqual(input, after.ToJsonString()); // refused later, by validation: the patch itself applied
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refusal_is_upstreams(string name)
    {
        var golden = Read(name);
        var response = golden["response"]!;
        var before = Read("strategic-deployment-empty")["steps"]![0]!["response"]!["body"]!.AsObject();

        if (response["status"]!.GetValue<int>() == 200)
        {
            Assert.NotNull(Apply(before, golden["request"]!));
            return;
        }

        var refusal = Assert.Throws<PatchException>(() => Apply(before, golden["request"]!));
        Assert.Equal((response["status"]!.GetValue<int>(), response["body"]!["message"]!.GetValue<string>()), (refusal.Code, refusal.Message));
    }

    /// <summary>The server fills defaults into what the patch has added; anything else must be equal.</summary>
    private static void AssertSameButForDefaults(JsonNode expected, JsonNode actual)
    {
        RemoveDefaults(expected, actual);
        Assert.Equal(expected.ToJsonString(), actual.ToJsonString());
    }

    private static void RemoveDefaults(JsonNode? expected, JsonNode? actual)
    {
        if (expected is JsonObject map && actual is JsonObject actualMap)
        {
            // An absent targetPort is written as 0.
            if (actualMap["targetPort"] is JsonValue port && port.ToJsonString() == "0")
                actualMap.Remove("targetPort");

            foreach (var field in Defaulted.Where(f => map.ContainsKey(f) && !actualMap.ContainsKey(f)))
                map.Remove(field);

            foreach (var (key, value) in map)
                RemoveDefaults(value, actualMap[key]);
        }
        else if (expected is JsonArray list && actual is JsonArray actualList)
        {
            foreach (var (item, actualItem) in list.Zip(actualList))
                RemoveDefaults(item, actualItem);
        }
    }

    private static JsonNode? Apply(JsonObject before, JsonNode request)
    {
        var body = request["body"]!;
        var text = body is JsonValue ? body.GetValue<string>() : body.ToJsonString();
        return request["headers"]!["content-type"]!.GetValue<string>() switch
        {
            "application/json-patch+json" => JsonPatch.Apply(before, Encoding.UTF8.GetBytes(text)),
            "application/merge-patch+json" => MergePatch.Apply(before, Parse(text)),
            _ => StrategicMergePatch.Apply(before, Parse(text)!, CodecOf(before).Schema),
        };
    }

    private static JsonNode? Parse(string text) => PatchText.Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>Decoded and written again, so that absent and empty are one and unknown fields are gone; without what the server writes.</summary>
    private static JsonNode Comparable(JsonNode document, JsonNode request)
    {
        var decoded = CodecOf(document).Decode(Encoding.UTF8.GetBytes(document.ToJsonString()), DecodeContext.Lenient);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            CodecOf(document).WriteJson(writer, decoded);

        var result = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        foreach (var field in ServersOwn)
            result["metadata"]!.AsObject().Remove(field);

        // A patch of the main resource leaves the status alone, one of the status the rest: the server sees to that.
        var isStatus = request["path"]!.GetValue<string>().Contains("/status", StringComparison.Ordinal);
        result.Remove(isStatus ? "spec" : "status");
        return Sorted(result)!;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static ObjectCodec CodecOf(JsonNode document)
    {
        var version = document["apiVersion"]!.GetValue<string>().Split('/');
        return ApiCatalog.CodecFor(version.Length > 1 ? version[0] : "", version[^1], document["kind"]!.GetValue<string>())!;
    }

    private static IEnumerable<string> Cases() => Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!;
}
