namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>What a real server of v1.36.4 answered about custom resources, asked of ours (tests/Golden/upstream-1.36/README.md).</summary>
public sealed class UpstreamTests(UpstreamServer server) : IClassFixture<UpstreamServer>
{
    public static TheoryData<string, string> Cases => Case.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_answers_are_upstreams(string topic, string name)
    {
        var (upstream, ours) = await new CaseReplay(server.Server).RunAsync(Case.Steps(topic, name));

        if (Departures.Reason(topic, name) is { } reason)
            Assert.True(upstream != ours, $"{topic}/{name} is upstream's now and no departure any more ({reason})");
        else
            Assert.Equal(upstream, ours);
    }
}
