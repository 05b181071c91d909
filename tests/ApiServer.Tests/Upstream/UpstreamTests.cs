namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>What a real server of v1.36.4 answered about custom resources, asked of ours (tests/Golden/upstream-1.36/README.md).</summary>
public sealed class UpstreamTests(UpstreamServer server) : IClassFixture<UpstreamServer>
{
    public static TheoryData<string, string> Cases => Case.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_answers_are_upstreams(string topic, string name)
    {
        var answers = await new CaseReplay(server.Server).RunAsync(Case.Steps(topic, name));

        var held = answers.Where(a => Departures.Reason(topic, name, a.Step) is null).ToList();
        var wrong = held.Where(a => a.Upstream != a.Ours).ToList();
        Assert.True(wrong.Count == 0, $"unlike upstream: {string.Join(' ', wrong.Select(a => $"{topic}/{name}#{a.Step}"))}\n{string.Concat(wrong.Select(a => $"{topic}/{name}#{a.Step} {a.Upstream}--- ours\n{a.Ours}"))}");
        foreach (var (step, upstream, ours) in answers.Except(held))
            Assert.True(upstream != ours, $"step {step} of {topic}/{name} is upstream's now and no departure any more ({Departures.Reason(topic, name, step)})");
    }
}
