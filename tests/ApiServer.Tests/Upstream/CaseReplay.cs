using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>Does one case again, step by step, and says where the answers are not the recorded ones.</summary>
internal sealed class CaseReplay(WholeServer server)
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    /// <summary>What a step waits for, comes within this many looks or never.</summary>
    private const int Looks = 2000;

    /// <summary>Longer than any watch of a case lasts.</summary>
    private static readonly TimeSpan WatchEnd = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> Types = new()
    {
        ["json"] = "application/json",
        ["yaml"] = "application/yaml",
        ["merge"] = "application/merge-patch+json",
        ["apply"] = "application/apply-patch+yaml",
        ["jsonpatch"] = "application/json-patch+json",
        ["strategic"] = "application/strategic-merge-patch+json",
    };

    private readonly Dictionary<string, string> _kept = [];

    private static CancellationToken Ct => TestServer.Ct;

    /// <returns>Of each request, by the number of its step, the recorded answer and ours; the same text where they agree.</returns>
    public async Task<IReadOnlyList<(int Step, string Upstream, string Ours)>> RunAsync(IReadOnlyList<JsonNode> steps)
    {
        var answers = new List<(int, string, string)>();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step["wait"] is not null)
            {
                await WaitAsync(step);
                continue;
            }

            var what = (string)step["do"]!;
            var answer = await AnswerAsync(step);
            if (step["unordered"] is not null)
            {
                Sameness.Unorder(answer);
                Sameness.Unorder((JsonObject)step["answer"]!); // it was recorded in another order of text
            }

            answers.Add((i, $"{what}\n{Sameness.Text(step["answer"])}\n", $"{what}\n{Sameness.Text(answer)}\n"));
            if (i == 0 && (int)step["answer"]!["status"]! < 300 && (int)answer["status"]! >= 300)
                break; // without its definition nothing of the case can be asked
        }

        return answers;
    }

    private async Task WaitAsync(JsonNode step)
    {
        for (var look = 0; ; look++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, (string)step["wait"]!);
            if (step["table"] is not null)
                request.Headers.TryAddWithoutValidation("Accept", Table);
            using var response = await server.Client.SendAsync(request, Ct);
            var text = await response.Content.ReadAsStringAsync(Ct);
            if ((int)response.StatusCode == ((int?)step["status"] ?? 200) && IsMet(step, text))
                return;
            Assert.True(look < Looks, $"{step.ToJsonString()}: {text}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Ct);
        }
    }

    private static bool IsMet(JsonNode step, string text) =>
        (step["contains"] is not { } part || text.Contains((string)part!, StringComparison.Ordinal))
        && (step["condition"] is not { } type
            || JsonNode.Parse(text)!["status"]?["conditions"]?.AsArray().Any(c => (string?)c!["type"] == (string?)type && (string?)c["status"] == "True") == true);

    private async Task<JsonObject> AnswerAsync(JsonNode step)
    {
        var words = ((string)step["do"]!).Split(' ', 2);
        using var request = new HttpRequestMessage(new(words[0]), Filled(words[1]));
        request.Headers.TryAddWithoutValidation("User-Agent", "recorder/1.0");
        request.Headers.TryAddWithoutValidation("Accept", (string?)step["accept"] switch { "table" => Table, { } other => other, null => "application/json" });
        if (step["body"] is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Filled(body is JsonValue text ? (string)text! : body.ToJsonString())));
            var type = (string?)step["type"] ?? "json";
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Types.GetValueOrDefault(type, type));
        }

        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var answer = new JsonObject { ["status"] = (int)response.StatusCode };
        if (response.Headers.TryGetValues("Warning", out var warnings))
            answer["warnings"] = new JsonArray([.. warnings.Select(w => (JsonNode)Sameness.Of(w))]);
        if (response.Content.Headers.ContentType?.ToString() is { } content && !content.Contains("json", StringComparison.Ordinal))
            answer["content-type"] = content;
        if (words[1].Contains("watch=", StringComparison.Ordinal) && response.IsSuccessStatusCode)
            answer["events"] = await EventsAsync(response, step["answer"]!["events"]?.AsArray() ?? []);
        else
            answer["body"] = Body(step, await response.Content.ReadAsStringAsync(Ct));
        Shorten(answer, step, response.IsSuccessStatusCode);
        return answer;
    }

    private JsonNode? Body(JsonNode step, string text)
    {
        JsonNode? body;
        try
        {
            body = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return Sameness.Of(text);
        }

        foreach (var (name, path) in step["keep"]?.AsObject() ?? [])
            _kept[name] = At(body, (string)path!)?.ToString() ?? "<none>";
        return Sameness.Of(body);
    }

    /// <summary>The recorder kept of some answers only what they are about.</summary>
    private static void Shorten(JsonObject answer, JsonNode step, bool isSuccess)
    {
        if (!isSuccess)
            return;

        if (step["brief"] is not null)
        {
            answer.Remove("body");
            answer.Remove("events");
        }
        else if (step["only"] is JsonArray paths)
        {
            answer["body"] = new JsonObject(paths.Select(p => KeyValuePair.Create((string)p!, At(answer["body"], (string)p!)?.DeepClone())));
        }
    }

    private static JsonNode? At(JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, (at, key) => at switch
        {
            JsonArray list => list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)],
            JsonObject obj => obj[key],
            _ => null,
        });

    private async Task<JsonArray> EventsAsync(HttpResponseMessage response, JsonArray wanted)
    {
        var events = new JsonArray();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        foreach (var next in wanted)
        {
            if (IsLast(next!))
                server.Core.Clock.Advance(WatchEnd);
            if (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Ct) is not { } line)
                return events;
            events.Add(Sameness.Of(JsonNode.Parse(line)));
        }

        // Nothing more comes, and the watch ends when its time is over.
        server.Core.Clock.Advance(WatchEnd);
        while (await reader.ReadLineAsync(Ct) is { } more)
            events.Add(Sameness.Of(JsonNode.Parse(more)));
        return events;
    }

    /// <summary>The bookmark at the end of a watch; the one after its first events says so.</summary>
    private static bool IsLast(JsonNode next) =>
        (string?)next["type"] == "BOOKMARK" && next["object"]?["metadata"]?["annotations"]?["k8s.io/initial-events-end"] is null;

    private string Filled(string text)
    {
        foreach (var (name, value) in _kept)
            text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        return text;
    }
}
