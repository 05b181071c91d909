using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Admission;

/// <summary>What an upstream server (v1.20) let through and refused under a LimitRange and under a ResourceQuota.</summary>
public sealed class GoldenTests
{
    /// <summary>1.36 names the containers that do not say what they must.</summary>
    private static readonly Dictionary<string, string> Reworded = new()
    {
        ["must specify limits.memory,requests.cpu"] = "must specify limits.memory for: c; requests.cpu for: c",
    };

    [Theory]
    [InlineData("limitrange")]
    [InlineData("resourcequota")]
    public async Task Writes_fare_as_upstream(string name)
    {
        var steps = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "Admission", name + ".json"), TestServer.Ct))!["steps"]!.AsArray();
        var ns = ((string)steps[0]!["request"]!["path"]!).Split('/')[4];
        await using var server = await WholeServer.StartAsync();
        await server.Core.CreateAsync(new Namespace { Metadata = new() { Name = ns } });
        await server.Core.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = ns } });

        var writes = 0;
        foreach (var step in steps)
        {
            var (request, expected) = (step!["request"]!, step["response"]!);
            if ((string)request["method"]! != "POST")
                continue;

            writes++;
            var (code, body) = await server.SendAsync("POST", (string)request["path"]!, request["body"]!.ToJsonString());
            Assert.True((int)expected["status"]! == code, $"{step["step"]}: {body.ToJsonString()}");
            var message = (string?)expected["body"]!["message"];
            foreach (var (old, now) in Reworded)
                message = message?.Replace(old, now, StringComparison.Ordinal);
            Assert.Equal(message, (string?)body["message"]);
            Assert.Equal(expected["body"]!["metadata"]?["annotations"]?.ToJsonString(), body["metadata"]?["annotations"]?.ToJsonString());
            if ((string?)body["kind"] == "ResourceQuota")
                await CountAsync(server.Core, ns);
        }

        Assert.True(writes > 8);
    }

    /// <summary>The quota controller's part: limits in force, and the one ConfigMap every namespace has.</summary>
    private static async Task CountAsync(TestServer server, string ns)
    {
        var quota = await server.GetAsync<ResourceQuota>("rq", ns);
        var used = quota.Spec.Hard.Keys.ToDictionary(k => k, k => Quantity.From(k == "configmaps" ? 1 : 0));
        await server.UpdateAsync(quota with { Status = new() { Hard = quota.Spec.Hard, Used = used } }, "status");
    }
}
