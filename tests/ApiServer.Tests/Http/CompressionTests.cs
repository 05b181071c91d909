using System.IO.Compression;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class CompressionTests : IDisposable
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    private readonly Server _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("/openapi/v2")]
    [InlineData("/openapi/v3")]
    [InlineData("/openapi/v3/api/v1")]
    public async Task An_OpenAPI_document_is_the_same_compressed_or_not_and_has_one_tag(string path)
    {
        using var plain = await _server.SendAsync("GET", path);
        using var zipped = await _server.SendAsync("GET", path, headers: ("Accept-Encoding", "gzip, deflate"));
        var bytes = await plain.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], zipped.Content.Headers.ContentEncoding);
        Assert.Equal(bytes, await UnzipAsync(zipped));
        Assert.Equal(plain.Headers.ETag, zipped.Headers.ETag);
        Assert.Equal(["Accept-Encoding", "Accept"], plain.Headers.Vary);

        using var known = await _server.SendAsync("GET", path, headers: [("Accept-Encoding", "gzip"), ("If-None-Match", plain.Headers.ETag!.Tag)]);
        Assert.Equal(304, (int)known.StatusCode);
        Assert.Empty(await known.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        using var refused = await _server.SendAsync("GET", path, headers: ("Accept-Encoding", "br, gzip;q=0"));
        Assert.Empty(refused.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(200, true)]
    public async Task A_list_is_compressed_from_128_KiB_on(int objects, bool isCompressed)
    {
        var resource = _server.Verbs.Find("", "v1", "configmaps")!;
        for (var i = 0; i < objects; i++)
            _server.Verbs.Put(resource, new ConfigMap { Metadata = new() { Name = $"m-{i:000}", Namespace = "ns" }, Data = new Dictionary<string, string> { ["k"] = new('x', 1024) } });

        using var plain = await _server.SendAsync("GET", ConfigMaps);
        using var answer = await _server.SendAsync("GET", ConfigMaps, headers: ("Accept-Encoding", "gzip"));
        Assert.Equal(isCompressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        var bytes = isCompressed ? await UnzipAsync(answer) : await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await plain.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), bytes);
        Assert.Equal(objects, JsonNode.Parse(bytes)!["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_large_object_is_compressed_too_and_a_small_one_is_not()
    {
        var resource = _server.Verbs.Find("", "v1", "configmaps")!;
        foreach (var (name, length) in new[] { ("large", 200_000), ("small", 20) })
            _server.Verbs.Put(resource, new ConfigMap { Metadata = new() { Name = name, Namespace = "ns" }, Data = new Dictionary<string, string> { ["k"] = new('x', length) } });

        using var large = await _server.SendAsync("GET", ConfigMaps + "/large", headers: ("Accept-Encoding", "gzip"));
        Assert.Equal(200_000, ((string?)JsonNode.Parse(await UnzipAsync(large))!["data"]!["k"])!.Length);
        using var small = await _server.SendAsync("GET", ConfigMaps + "/small", headers: ("Accept-Encoding", "gzip"));
        Assert.Empty(small.Content.Headers.ContentEncoding);
    }

    private static async Task<byte[]> UnzipAsync(HttpResponseMessage answer)
    {
        await using var plain = new GZipStream(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        var whole = new MemoryStream();
        await plain.CopyToAsync(whole, TestContext.Current.CancellationToken);
        return whole.ToArray();
    }
}
