using System.Text;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Encryption.Kms;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static KubeSharp.ApiServer.Tests.Encryption.Configurations;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>Envelope encryption with a key service over a real socket.</summary>
public sealed class KmsTests : IAsyncLifetime
{
    private const string Place = "/registry/secrets/demo/pass";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesharp-kms-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly MemoryStore _store = new(new FakeTimeProvider());
    private KmsPlugin _plugin = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Socket => Path.Combine(_folder.FullName, "kms.sock");

    private string Yaml => Providers($"kms: {{apiVersion: v2, name: vault, endpoint: 'unix://{Socket}'}}", "identity: {}");

    public async ValueTask InitializeAsync() => _plugin = await KmsPlugin.StartAsync(Socket, Ct);

    public async ValueTask DisposeAsync()
    {
        await _plugin.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Secrets_are_stored_as_upstream_stores_them_with_one_call_for_the_seed()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 20; i++)
            await server.CreateAsync(Pass($"pass{i}"));
        Assert.Equal((1, 0), (_plugin.CallsOf("Encrypt"), _plugin.CallsOf("Decrypt")));

        var raw = (await _store.FindAsync("/registry/secrets/demo/pass7", Ct))!.Value.ToArray();
        Assert.StartsWith("k8s:enc:kms:v2:vault:", Encoding.Latin1.GetString(raw));
        Assert.DoesNotContain("hunter2", Encoding.Latin1.GetString(raw));
        var envelope = EncryptedObject.Parser.ParseFrom(raw.AsSpan("k8s:enc:kms:v2:vault:".Length));
        Assert.Equal(("key-1", EncryptedDEKSourceType.HkdfSha256XnonceAesGcmSeed, "1"), (envelope.KeyID, envelope.EncryptedDEKSourceType, envelope.Annotations["version.encryption.test"].ToStringUtf8()));
        Assert.Single(_plugin.Keys);

        // A server that has just started must ask for the seed, once for all.
        await using var next = await StartAsync();
        Assert.Equal("hunter2", Text(await next.GetAsync<Secret>("pass7")));
        Assert.Equal("hunter2", Text(await next.GetAsync<Secret>("pass8")));
        Assert.Equal(1, _plugin.CallsOf("Decrypt"));
    }

    [Fact]
    public async Task A_new_key_of_the_service_makes_a_new_seed_and_what_is_older_stale()
    {
        using var rules = Rules();
        var kms = rules.Kms[0];
        Assert.Null(await kms.ProbeAsync(Ct));
        var old = kms.Write([], "x"u8.ToArray(), Place);
        Assert.False((await kms.ReadAsync(old, Place, Ct)).IsStale);

        _plugin.KeyId = "key-2";
        Assert.Null(await kms.ProbeAsync(Ct));
        Assert.Equal(2, _plugin.CallsOf("Encrypt"));
        Assert.True((await kms.ReadAsync(old, Place, Ct)).IsStale);
        var written = kms.Write([], "y"u8.ToArray(), Place);
        Assert.Equal("key-2", EncryptedObject.Parser.ParseFrom(written.Span).KeyID);
        Assert.False((await kms.ReadAsync(written, Place, Ct)).IsStale);
        await Assert.ThrowsAsync<TransformException>(async () => await kms.ReadAsync(written, Place + "2", Ct));
    }

    [Fact]
    public async Task Without_the_service_known_keys_read_on_and_writes_end_after_three_minutes()
    {
        using var rules = Rules();
        var kms = rules.Kms[0];
        await kms.ProbeAsync(Ct);
        var written = kms.Write([], "x"u8.ToArray(), Place);
        await _plugin.DisposeAsync();

        Assert.Contains("the KMS provider vault does not answer: Unavailable", await kms.ProbeAsync(Ct));
        _clock.Advance(TimeSpan.FromMinutes(3));
        kms.Write([], "x"u8.ToArray(), Place);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("expired", Assert.Throws<TransformException>(() => kms.Write([], "x"u8.ToArray(), Place)).Message);
        Assert.Equal("x"u8.ToArray(), (await kms.ReadAsync(written, Place, Ct)).Value.ToArray());

        _plugin = await KmsPlugin.StartAsync(Socket, Ct, _plugin.Keys);
        Assert.Null(await kms.ProbeAsync(Ct));
        kms.Write([], "x"u8.ToArray(), Place);
        Assert.Equal(0, _plugin.CallsOf("Encrypt")); // the key is the same, so is the seed
    }

    [Fact]
    public async Task A_service_that_hangs_costs_one_timeout_and_not_one_for_each_value()
    {
        byte[][] values;
        using (var before = Rules())
        {
            await before.Kms[0].ProbeAsync(Ct);
            values = [.. Enumerable.Range(0, 100).Select(_ => before.Kms[0].Write([], "x"u8.ToArray(), Place).ToArray())];
        }

        using var rules = Rules();
        var kms = rules.Kms[0];
        _plugin.Hangs = true;
        var reading = Task.Run(() => Assert.ThrowsAsync<TransformException>(async () => await kms.ReadAsync(values[0], Place, Ct)), Ct);
        while (_plugin.CallsOf("Decrypt") == 0)
            await Task.Yield();
        _clock.Advance(TimeSpan.FromSeconds(3));
        var failure = await reading;
        Assert.Equal("DeadlineExceeded", failure.Code);
        foreach (var value in values)
            await Assert.ThrowsAsync<TransformException>(async () => await kms.ReadAsync(value, Place, Ct));
        Assert.Equal(1, _plugin.CallsOf("Decrypt"));

        _plugin.Hangs = false;
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("x"u8.ToArray(), (await kms.ReadAsync(values[1], Place, Ct)).Value.ToArray());
    }

    [Fact]
    public async Task Readiness_follows_the_service_and_says_little_more_than_that()
    {
        var encryption = Encryption(Yaml);
        var check = Assert.Single(encryption.Checks);
        Assert.Equal(("kms-providers", true), (check.Name, check.IsOfReadiness));
        Assert.Null(await check.Find(Ct));

        _plugin.Health = "the vault is sealed";
        Assert.Null(await check.Find(Ct)); // known for 20 s
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("kmsv2 Provider vault is not healthy, error: got unexpected healthz status: the vault is sealed", await check.Find(Ct));
        _plugin.Health = "ok";
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await check.Find(Ct));
    }

    [Fact]
    public async Task Secrets_are_served_from_the_caches_again_once_a_service_that_was_away_at_the_start_is_back()
    {
        await using (var before = await StartAsync())
            await before.CreateAsync(Pass("pass"));
        var keys = _plugin.Keys;
        await _plugin.DisposeAsync();

        await using var server = await StartAsync();
        Assert.Equal(500, (await TestServer.FailsAsync(() => server.GetAsync<Secret>("pass"))).Status.Code);
        var refused = await TestServer.FailsAsync(() => server.CreateAsync(Pass("other")));
        Assert.Contains("the KMS provider vault has not told its key yet", refused.Status.Message);
        await server.CreateAsync(TestServer.ConfigMap("open"));

        _plugin = await KmsPlugin.StartAsync(Socket, Ct, keys);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("hunter2", Text(await server.GetAsync<Secret>("pass"))); // by asking the store
        while (server.Core.Objects.List<Secret>().Count == 0)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(10)); // and into the caches
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Another_configuration_is_taken_when_its_service_is_well_and_else_refused()
    {
        var encryption = new StorageEncryption(Keys("secretbox", ("one", First)), new() { IsReloaded = true }, TimeProvider.System, NullLoggerFactory.Instance);
        var rules = encryption.Rules;
        await encryption.ReplaceAsync(Yaml, Ct);
        Assert.NotSame(rules, encryption.Rules);

        rules = encryption.Rules;
        await Assert.ThrowsAsync<FormatException>(() => encryption.ReplaceAsync(Yaml.Replace("v2", "v1", StringComparison.Ordinal), Ct));
        Assert.Same(rules, encryption.Rules);
        rules.Dispose();
    }

    private EncryptionRules Rules() => Encryption(Yaml).Rules;

    private StorageEncryption Encryption(string yaml) => new(yaml, new(), _clock, NullLoggerFactory.Instance);

    private Task<TestServer> StartAsync() => TestServer.StartAsync(new() { Encryption = Encryption(Yaml) }, _store);

    private static Secret Pass(string name) =>
        new() { Metadata = new() { Name = name, Namespace = "demo" }, Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["password"] = "hunter2"u8.ToArray() } };

    private static string Text(Secret secret) => Encoding.UTF8.GetString(secret.Data["password"].Span);
}
