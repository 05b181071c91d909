using System.Text;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;
using Microsoft.Extensions.Time.Testing;
using static KubeSharp.ApiServer.Tests.Encryption.Configurations;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>Secrets in the real core, and what of them is in the store below it.</summary>
public sealed class EncryptedStoreTests
{
    private const string Key = "/registry/secrets/demo/pass";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("aesgcm")]
    [InlineData("aescbc")]
    [InlineData("secretbox")]
    public async Task Secrets_are_encrypted_in_the_store_and_plain_for_clients(string provider)
    {
        await using var store = Memory();
        await using var server = await StartAsync(store, Keys(provider, ("one", First)));
        var made = await server.CreateAsync(Pass("hunter2"));
        await server.CreateAsync(TestServer.ConfigMap("open", ("a", "b")));

        Assert.StartsWith($"k8s:enc:{provider}:v1:one:", await RawAsync(store));
        Assert.StartsWith("{", Encoding.UTF8.GetString((await store.FindAsync("/registry/configmaps/demo/open", Ct))!.Value.Span));
        Assert.Equal("hunter2", Text(await server.GetAsync<Secret>("pass")));
        var changed = await server.UpdateAsync(made with { Data = Pass("other").Data });
        Assert.Equal("other", Text(changed));
        Assert.Equal(changed.Metadata.ResourceVersion, (await server.UpdateAsync(changed)).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_new_first_key_reads_what_the_old_one_wrote_and_an_update_without_a_change_writes_with_it()
    {
        await using var store = Memory();
        await using (var old = await StartAsync(store, Keys("aesgcm", ("one", First))))
            await old.CreateAsync(Pass("hunter2"));

        await using var server = await StartAsync(store, Keys("aesgcm", ("two", Second), ("one", First)));
        var read = await server.GetAsync<Secret>("pass");
        var written = await server.UpdateAsync(read);

        Assert.NotEqual(read.Metadata.ResourceVersion, written.Metadata.ResourceVersion);
        Assert.StartsWith("k8s:enc:aesgcm:v1:two:", await RawAsync(store));
        Assert.Equal("hunter2", Text(await server.GetAsync<Secret>("pass")));
    }

    [Fact]
    public async Task With_the_wrong_key_secrets_fail_and_say_so_and_other_resources_go_on()
    {
        await using var store = Memory();
        await using (var old = await StartAsync(store, Keys("secretbox", ("one", First))))
            await old.CreateAsync(Pass("hunter2"));

        await using var server = await StartAsync(store, Keys("secretbox", ("one", Second)));
        var get = await TestServer.FailsAsync(() => server.GetAsync<Secret>("pass"));
        Assert.Equal(500, get.Status.Code);
        Assert.StartsWith($"Internal error occurred: unable to transform key \"{Key}\"", get.Status.Message);
        await server.CreateAsync(TestServer.ConfigMap("open"));
    }

    [Fact]
    public async Task Plain_secrets_of_before_are_encrypted_in_the_background()
    {
        await using var store = Memory();
        await using (var old = await TestServer.StartAsync(store: store))
            await old.CreateAsync(Pass("hunter2"));
        Assert.StartsWith("{", await RawAsync(store));

        await using var server = await TestServer.StartAsync(Options(StorageEncryption.NewConfiguration(), new() { RewritesStale = true }), store);
        while (!(await RawAsync(store)).StartsWith("k8s:enc:secretbox:v1:key1:", StringComparison.Ordinal))
            await Task.Yield();
        Assert.Equal("hunter2", Text(await server.GetAsync<Secret>("pass")));
    }

    [Fact]
    public async Task What_is_not_encrypted_costs_no_allocation_more()
    {
        await using var store = Memory();
        await store.TryPutAsync("/registry/configmaps/demo/open", "{}"u8.ToArray(), 0, Ct);
        var table = new TransformerTable(Configurations.Encryption(StorageEncryption.NewConfiguration()), new Resources(TimeProvider.System).Stored, TimeProvider.System);
        var encrypted = new EncryptedStore(store, table.TryFind);
        Assert.NotNull(table.Find("/registry/secrets/demo/pass"));

        Assert.Equal(Allocated(store), Allocated(encrypted));

        static long Allocated(IStore store)
        {
            Read(store);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                Read(store);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static void Read(IStore store)
        {
            Assert.True(store.FindAsync("/registry/configmaps/demo/open", Ct).IsCompletedSuccessfully);
            Assert.True(store.RangeAsync(new("/registry/configmaps/demo/"), Ct).IsCompletedSuccessfully);
        }
    }

    private static MemoryStore Memory() => new(new FakeTimeProvider());

    private static Task<TestServer> StartAsync(IStore store, string yaml) => TestServer.StartAsync(Options(yaml), store);

    private static Secret Pass(string value) =>
        new() { Metadata = new() { Name = "pass", Namespace = "demo" }, Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["password"] = Encoding.UTF8.GetBytes(value) } };

    private static string Text(Secret secret) => Encoding.UTF8.GetString(secret.Data["password"].Span);

    private static async Task<string> RawAsync(IStore store) => Encoding.Latin1.GetString((await store.FindAsync(Key, Ct))!.Value.Span);
}
