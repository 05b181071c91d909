using System.Text;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Tests.Registry;

public sealed class StoredJsonTests
{
    [Theory]
    [InlineData("""{"metadata":{"name":"a","uid":"u","generation":1}}""", """{"metadata":{"name":"a","uid":"u","resourceVersion":"7","generation":1}}""")]
    [InlineData("""{"kind":"X","metadata":{"name":"a"},"spec":{}}""", """{"kind":"X","metadata":{"name":"a","resourceVersion":"7"},"spec":{}}""")]
    [InlineData("""{"metadata":{}}""", """{"metadata":{"resourceVersion":"7"}}""")]
    [InlineData("""{"metadata":{"labels":{"uid":"x"}}}""", """{"metadata":{"resourceVersion":"7","labels":{"uid":"x"}}}""")]
    public void The_version_goes_where_Go_writes_it(string stored, string served) =>
        Assert.Equal(served, Encoding.UTF8.GetString(StoredJson.Splice(Encoding.UTF8.GetBytes(stored), 7, out _)));

    [Fact]
    public void Labels_are_collected_on_the_way()
    {
        StoredJson.Splice("""{"metadata":{"name":"a","labels":{"app":"wéb","x":""},"annotations":{"y":"z"}}}"""u8, 7, out var labels);
        Assert.Equal([new("app", "wéb"), new("x", "")], labels);
    }

    [Theory]
    [InlineData("""{"kind":"X","apiVersion":"v1","metadata":{"name":"a","labels":{"metadata":"}"}},"spec":{"metadata":{}}}""", """{"name":"a","labels":{"metadata":"}"}}""")]
    [InlineData("""{"spec":{"metadata":{"name":"no"}},"metadata":{}}""", "{}")]
    [InlineData("""{"spec":{"metadata":{"name":"no"}}}""", "{}")]
    public void Metadata_is_found_in_the_bytes(string json, string metadata) =>
        Assert.Equal(metadata, Encoding.UTF8.GetString(StoredJson.Metadata(Encoding.UTF8.GetBytes(json)).Span));
}
