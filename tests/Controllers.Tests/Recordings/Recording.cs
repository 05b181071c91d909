using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.Tests.Recordings;

/// <param name="Body">What the recorded server answered.</param>
internal sealed record RecordedStep(string Name, JsonNode Request, JsonNode Body)
{
    public bool IsRead => (string?)Request["method"] == "GET";

    public string Path => (string)Request["path"]!;
}

/// <summary>What an upstream cluster (v1.20) did, step by step; see Golden/README.md.</summary>
internal sealed class Recording
{
    private readonly Dictionary<string, Queue<RecordedStep>> _steps = [];

    public Recording(string name)
    {
        var golden = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Golden", name + ".json")))!;
        Text = golden.ToJsonString();
        foreach (var step in golden["steps"]!.AsArray())
        {
            var label = (string)step!["step"]!;
            if (!_steps.TryGetValue(label, out var queue))
                _steps[label] = queue = new();
            queue.Enqueue(new(label, step["request"]!, step["response"]!["body"]!));
        }
    }

    public string Text { get; }

    /// <summary>The step of that label; where labels repeat, the next one.</summary>
    public RecordedStep Step(string label) => _steps[label].Dequeue();

    /// <summary>Does in the cluster what was done then.</summary>
    public Task<JsonNode> ReplayAsync(TestCluster cluster, string label)
    {
        var step = Step(label);
        var type = (string?)step.Request["headers"]?["content-type"] ?? "application/json";
        return cluster.SendAsync(new((string)step.Request["method"]!), step.Path, step.Request["body"], type);
    }
}
