using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Tests.CustomResources;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;
using static KubeSharp.ApiServer.Tests.Encryption.Configurations;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>The whole server over a real file, and what of Secrets is on the disk.</summary>
public sealed class LifeOfSecretsTests : IDisposable
{
    private const string Secrets = "/api/v1/namespaces/demo/secrets";
    private const string Plain = "correct-horse-battery-staple";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesharp-encryption-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_of_a_secret_is_on_the_disk_neither_present_nor_past_and_all_of_it_comes_back()
    {
        await using (var store = await OpenAsync())
        {
            await using var server = await WholeServer.StartAsync(store, Options(Keys("secretbox", ("one", First))));
            var first = await GoodAsync(server, "POST", Secrets, Secret("a", Plain + "-1"));
            var version = (string)first["metadata"]!["resourceVersion"]!;
            using var watch = await server.Client.GetAsync(new Uri($"{Secrets}?watch=1&resourceVersion={version}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
            using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));

            await GoodAsync(server, "PUT", Secrets + "/a", Secret("a", Plain + "-2"));
            await GoodAsync(server, "POST", Secrets, Secret("b", Plain + "-3"));
            await GoodAsync(server, "DELETE", Secrets + "/b");
            Assert.Equal(["MODIFIED " + Plain + "-2", "ADDED " + Plain + "-3", "DELETED " + Plain + "-3"], [await NextAsync(events), await NextAsync(events), await NextAsync(events)]);

            // Lists: the present from the cache, the past and later pages from the store.
            Assert.Equal([Plain + "-2"], Texts(await GoodAsync(server, "GET", Secrets)));
            Assert.Equal([Plain + "-1"], Texts(await GoodAsync(server, "GET", $"{Secrets}?resourceVersion={version}&resourceVersionMatch=Exact")));
            Assert.Equal(Plain + "-1", Text(await GoodAsync(server, "GET", $"{Secrets}/a?resourceVersion={version}&resourceVersionMatch=Exact")));

            // History, and what was deleted.
            var versions = (await GoodAsync(server, "GET", Secrets + "/a/history?includeObject=Object"))["items"]!.AsArray();
            Assert.Equal([Plain + "-2", Plain + "-1"], versions.Select(v => Text(v!["object"]!)));
            Assert.Single((await GoodAsync(server, "GET", Secrets + "?deleted=true"))["items"]!.AsArray());
            Assert.Equal(Plain + "-3", Text(await GoodAsync(server, "POST", Secrets + "/b/restore", "{}")));
            await store.CompactAsync(store.Revision, Ct);
            Assert.Equal(Plain + "-2", Text(await GoodAsync(server, "GET", Secrets + "/a")));
        }

        Assert.StartsWith("k8s:enc:secretbox:v1:one:", await RawAsync("/registry/secrets/demo/a"));
        AssertNotOnDisk(Plain);
        AssertNotOnDisk(Convert.ToBase64String(Encoding.UTF8.GetBytes(Plain))[..16]);
    }

    [Fact]
    public async Task Keys_are_rotated_without_a_restart_and_the_old_one_can_go()
    {
        await using var store = await OpenAsync();
        var encryption = new StorageEncryption(Keys("aesgcm", ("one", First)), new() { RewritesStale = true, IsReloaded = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await using (var server = await WholeServer.StartAsync(store, new() { Encryption = encryption }))
        {
            for (var i = 0; i < 120; i++)
                await GoodAsync(server, "POST", Secrets, Secret($"s{i}", Plain));

            await encryption.ReplaceAsync(Keys("aesgcm", ("one", First), ("two", Second)), Ct); // all servers learn of it
            await GoodAsync(server, "POST", Secrets, Secret("between", Plain));
            Assert.StartsWith("k8s:enc:aesgcm:v1:one:", await RawAsync(store, "/registry/secrets/demo/between"));

            await encryption.ReplaceAsync(Keys("aesgcm", ("two", Second), ("one", First)), Ct);
            while ((await store.RangeAsync(new("/registry/secrets/"), Ct)).Entries.Any(e => !Latin(e.Value).StartsWith("k8s:enc:aesgcm:v1:two:", StringComparison.Ordinal)))
            {
                server.Core.Clock.Advance(TimeSpan.FromSeconds(1)); // between pages
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
            }

            await encryption.ReplaceAsync(Keys("aesgcm", ("two", Second)), Ct);
            Assert.Equal(121, Texts(await GoodAsync(server, "GET", Secrets)).Count);
        }

        await using var next = await WholeServer.StartAsync(store, Options(Keys("aesgcm", ("two", Second))));
        Assert.All(Texts(await GoodAsync(next, "GET", Secrets)), t => Assert.Equal(Plain, t));
        Assert.Equal(121, Texts(await GoodAsync(next, "GET", Secrets)).Count);
    }

    [Fact]
    public async Task A_lost_key_is_told_of_the_objects_it_was_for_and_the_others_are_served_until_it_is_back()
    {
        await using var store = await OpenAsync();
        await using (var before = await WholeServer.StartAsync(store, Options(Keys("aescbc", ("one", First)))))
            await GoodAsync(before, "POST", Secrets, Secret("lost", Plain));

        var encryption = new StorageEncryption(Keys("aescbc", ("two", Second)), new() { IsReloaded = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await using var server = await WholeServer.StartAsync(store, new() { Encryption = encryption });
        await GoodAsync(server, "POST", Secrets, Secret("new", Plain));
        await GoodAsync(server, "POST", "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"other"}}""");
        await GoodAsync(server, "POST", "/api/v1/namespaces/other/secrets", Secret("new", Plain));

        const string Told = "Internal error occurred: unable to transform key \"/registry/secrets/demo/lost\": no matching key was found for the provided AES transformer";
        foreach (var path in new[] { Secrets + "/lost", Secrets, "/api/v1/secrets", Secrets + "/lost/history" })
        {
            var (code, answer) = await server.SendAsync("GET", path);
            Assert.Equal((500, "InternalError"), (code, (string?)answer["reason"]));
            Assert.StartsWith(Told, (string)answer["message"]!);
        }

        Assert.Equal(Plain, Text(await GoodAsync(server, "GET", Secrets + "/new")));
        Assert.Single(Texts(await GoodAsync(server, "GET", "/api/v1/namespaces/other/secrets")));

        await encryption.ReplaceAsync(Keys("aescbc", ("two", Second), ("one", First)), Ct);
        Assert.Equal(Plain, Text(await GoodAsync(server, "GET", Secrets + "/lost")));
        Assert.Equal(2, Texts(await GoodAsync(server, "GET", Secrets)).Count);
        while (server.Core.Core.Objects.List<Secret>().Count < 3)
        {
            server.Core.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    [Fact]
    public async Task What_was_deleted_with_a_key_that_is_gone_does_not_hide_what_can_be_restored()
    {
        await using var store = await OpenAsync();
        await using (var before = await WholeServer.StartAsync(store, Options(Keys("secretbox", ("one", First)))))
        {
            await GoodAsync(before, "POST", Secrets, Secret("a", Plain));
            await GoodAsync(before, "DELETE", Secrets + "/a");
        }

        await using var server = await WholeServer.StartAsync(store, Options(Keys("secretbox", ("two", Second))));
        await GoodAsync(server, "POST", Secrets, Secret("b", Plain));
        await GoodAsync(server, "DELETE", Secrets + "/b");
        Assert.Equal(["b"], (await GoodAsync(server, "GET", Secrets + "?deleted=true&limit=1"))["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
    }

    [Fact]
    public async Task Identity_first_turns_encryption_off_and_a_file_without_the_resource_says_what_is_left()
    {
        await using var store = await OpenAsync();
        await using (var before = await WholeServer.StartAsync(store, Options(Keys("secretbox", ("one", First)))))
            await GoodAsync(before, "POST", Secrets, Secret("a", Plain));

        await using (var off = await WholeServer.StartAsync(store, Options(Providers("identity: {}", Provider("secretbox", ("one", First))), new() { RewritesStale = true })))
        {
            Assert.Equal(Plain, Text(await GoodAsync(off, "GET", Secrets + "/a")));
            while (!(await RawAsync(store, "/registry/secrets/demo/a")).StartsWith('{'))
                await Task.Yield();
            await GoodAsync(off, "POST", Secrets, Secret("b", Plain));
            Assert.StartsWith("{", await RawAsync(store, "/registry/secrets/demo/b"));
        }

        await using (var on = await WholeServer.StartAsync(store, Options(Keys("secretbox", ("one", First)))))
        {
            Assert.Equal(Plain, Text(await GoodAsync(on, "GET", Secrets + "/a"))); // plain ones stay readable
            await GoodAsync(on, "PUT", Secrets + "/b", Secret("b", Plain));
        }

        await using var none = await WholeServer.StartAsync(store, Options(For("configmaps", "identity: {}")));
        Assert.Equal(Plain, Text(await GoodAsync(none, "GET", Secrets + "/a")));
        var (code, answer) = await none.SendAsync("GET", Secrets + "/b");
        Assert.Equal(500, code);
        Assert.StartsWith("Internal error occurred: unable to transform key \"/registry/secrets/demo/b\": identity transformer tried to read encrypted data", (string)answer["message"]!);
    }

    [Fact]
    public async Task Custom_resources_are_encrypted_where_a_wildcard_says_so()
    {
        await using var store = await OpenAsync();
        var options = Options(For("'*.*'", Provider("aesgcm", ("one", First)), "identity: {}"));
        await using (var server = await CustomServer.StartAsync(store, options))
        {
            await server.DefineAsync(LifeTests.Definition());
            await server.GoodAsync("POST", "/apis/example.com/v1/namespaces/demo/widgets", LifeTests.Widget("a", """{"size":7}"""));
        }

        await using var next = await CustomServer.StartAsync(store, options);
        await next.UntilAsync("/apis/example.com/v1/namespaces/demo/widgets/a", (code, w) => code == 200 && (int)w["spec"]!["size"]! == 7);
        Assert.StartsWith("k8s:enc:aesgcm:v1:one:", await RawAsync(store, "/registry/example.com/widgets/demo/a"));
        Assert.StartsWith("k8s:enc:aesgcm:v1:one:", await RawAsync(store, "/registry/apiextensions.k8s.io/customresourcedefinitions/widgets.example.com"));
        Assert.StartsWith("k8s:enc:aesgcm:v1:one:", await RawAsync(store, "/registry/namespaces/demo"));
    }

    [Fact]
    public async Task A_secret_that_is_deleted_after_its_key_went_leaves_the_caches_too()
    {
        await using var store = await OpenAsync();
        var encryption = new StorageEncryption(Keys("secretbox", ("one", First)), new() { IsReloaded = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await using var server = await WholeServer.StartAsync(store, new() { Encryption = encryption });
        await GoodAsync(server, "POST", Secrets, Secret("a", Plain));
        await encryption.ReplaceAsync(Keys("secretbox", ("two", Second)), Ct);

        await GoodAsync(server, "DELETE", Secrets + "/a"); // the caches know it
        Assert.Equal(404, (await server.SendAsync("GET", Secrets + "/a")).Code);
        Assert.Empty(Texts(await GoodAsync(server, "GET", Secrets)));
    }

    [Fact]
    public async Task What_is_done_is_counted_under_upstreams_names()
    {
        await using var store = await OpenAsync();
        await using var server = await WholeServer.StartAsync(store, Options(Keys("aesgcm", ("counted", First))));
        await GoodAsync(server, "POST", Secrets, Secret("a", Plain));

        var text = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Ct);
        Assert.Contains("apiserver_storage_transformation_operations_total{resource=\"secrets\",status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"k8s:enc:aesgcm:v1:\"}", text);
        Assert.Contains("apiserver_storage_transformation_duration_seconds_bucket{resource=\"secrets\",transformation_type=\"from_storage\",transformer_prefix=\"k8s:enc:aesgcm:v1:\",le=\"5e-06\"}", text);
    }

    private Task<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(new() { Path = Path.Combine(_folder.FullName, "state.db") }, TimeProvider.System, NullLogger.Instance);

    private async Task<string> RawAsync(string key)
    {
        await using var store = await OpenAsync();
        return await RawAsync(store, key);
    }

    private static async Task<string> RawAsync(IStore store, string key) => Latin((await store.FindAsync(key, Ct))!.Value);

    private static string Latin(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);

    private void AssertNotOnDisk(string text)
    {
        var files = _folder.GetFiles();
        Assert.NotEmpty(files);
        foreach (var file in files)
            Assert.True(File.ReadAllBytes(file.FullName).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) < 0, $"{file.Name} holds {text}");
    }

    private static string Secret(string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}"},"data":{"password":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}}}"}}""";

    private static string Text(JsonNode secret) => Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["password"]!));

    private static List<string> Texts(JsonNode list) => [.. list["items"]!.AsArray().Select(i => Text(i!))];

    private static async Task<JsonNode> GoodAsync(WholeServer server, string method, string path, string? body = null)
    {
        var (code, answer) = await server.SendAsync(method, path, body);
        Assert.True(code is 200 or 201, $"{method} {path}: {code} {answer.ToJsonString()}");
        return answer;
    }

    private static async Task<string> NextAsync(StreamReader events)
    {
        var change = JsonNode.Parse((await events.ReadLineAsync(Ct))!)!;
        return $"{change["type"]} {Text(change["object"]!)}";
    }
}
