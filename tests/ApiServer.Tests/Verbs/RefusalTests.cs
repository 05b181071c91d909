using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Tests.Admission;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

/// <summary>What a real server refused for reasons that are no kind's own: metadata, versions, allocation, admission.</summary>
public sealed class RefusalTests
{
    /// <summary>Stands in the expectation for what differs from run to run, and for structs.</summary>
    private const string Any = "{…}";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "Refusals");

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Code_and_message_are_upstreams(string name)
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), Ct))!.AsObject();
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        if (golden["stored"] is { } stored)
            await SendAsync(server, stored, isUpdate: false);

        if ((string?)golden["message"] is not { } message)
        {
            await SendAsync(server, golden["object"]!, golden.ContainsKey("stored"));
            return;
        }

        var refusal = await FailsAsync(() => SendAsync(server, golden["object"]!, golden.ContainsKey("stored")));
        Assert.Equal((int)golden["code"]!, refusal.Code);
        Assert.True(Fits(message, refusal.Message), refusal.Message);
    }

    private static async Task SendAsync(TestServer server, JsonNode body, bool isUpdate)
    {
        var apiVersion = (string)body["apiVersion"]!;
        var resource = server.Verbs.All.First(r => r.Type.Kind == (string)body["kind"]! && r.Type.ApiVersion == apiVersion && r.IsStored);
        var obj = resource.Kind.Codec.Decode(Encoding.UTF8.GetBytes(body.ToJsonString()), DecodeContext.Lenient);
        obj = obj.CopyWith(obj.Metadata with { Namespace = "demo" });
        if (isUpdate)
            await server.Verbs.UpdateAsync(resource, ObjectKey.Of(obj), "", obj, Admin, Ct);
        else
            await server.Verbs.CreateAsync(resource, obj, Admin, Ct);
    }

    private static bool Fits(string expected, string actual)
    {
        var (parts, at) = (expected.Split(Any), 0);
        foreach (var part in parts[..^1])
        {
            at = actual.IndexOf(part, at, StringComparison.Ordinal) + part.Length;
            if (at < part.Length)
                return false;
        }

        return parts.Length == 1 ? actual == expected : actual.StartsWith(parts[0], StringComparison.Ordinal) && actual[at..].EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
