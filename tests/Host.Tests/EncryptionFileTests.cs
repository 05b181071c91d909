using KubeSharp.Host.Config;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Host.Tests;

/// <summary>The key that Secrets are encrypted with: made once, never replaced, watched.</summary>
public sealed class EncryptionFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesharp-encryption-");
    private readonly MemoryStore _store = new();
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Own => Path.Combine(_folder.FullName, EncryptionFile.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_first_start_makes_a_key_for_its_owner_alone_and_later_ones_keep_it()
    {
        var first = await OpenAsync();
        var text = await File.ReadAllTextAsync(Own, Ct);
        await OpenAsync();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Own));
        Assert.Equal(text, await File.ReadAllTextAsync(Own, Ct));
        Assert.True(first.Encryption.RewritesStale);
        Assert.Contains("resources: [secrets]", text);
    }

    [Fact]
    public async Task A_key_that_is_gone_although_something_is_encrypted_stops_the_start()
    {
        await _store.TryPutAsync("/registry/secrets/a/plain", "{}"u8.ToArray(), 0, Ct);
        await OpenAsync();
        File.Delete(Own);
        await _store.TryPutAsync("/registry/secrets/a/b", "k8s:enc:secretbox:v1:key1:x"u8.ToArray(), 0, Ct);

        Assert.StartsWith("there are encrypted Secrets in the store, but ", (await Assert.ThrowsAsync<StartException>(() => OpenAsync())).Message);
        Assert.False(File.Exists(Own));
    }

    [Fact]
    public async Task A_given_file_is_used_as_it_is_and_what_is_wrong_in_it_stops_the_start()
    {
        var given = Path.Combine(_folder.FullName, "given.yaml");
        await Assert.ThrowsAsync<StartException>(() => OpenAsync(given));
        await File.WriteAllTextAsync(given, Yaml("AAAA"), Ct);
        var wrong = (await Assert.ThrowsAsync<StartException>(() => OpenAsync(given))).Message;
        Assert.Contains($"the encryption configuration {given} cannot be used: resources[0].providers[0].aesgcm.keys[0].secret: Invalid value: \"REDACTED\"", wrong);

        await File.WriteAllTextAsync(given, Yaml(Key('a')), Ct);
        Assert.False((await OpenAsync(given)).Encryption.RewritesStale);
        Assert.False(File.Exists(Own));
    }

    [Fact]
    public async Task A_changed_file_is_used_at_once_and_a_bad_one_is_not()
    {
        var given = Path.Combine(_folder.FullName, "given.yaml");
        await File.WriteAllTextAsync(given, Yaml(Key('a')), Ct);
        var file = await OpenAsync(given, isReloaded: true);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = file.RunAsync(stop.Token);

        await ChangeAsync(Yaml(Key('b')));
        await File.WriteAllTextAsync(given, Yaml("AAAA"), Ct); // is refused
        await ChangeAsync(Yaml(Key('c')));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        async Task ChangeAsync(string text)
        {
            var changed = file.Encryption.Changed;
            await File.WriteAllTextAsync(given + ".new", text, Ct);
            File.Move(given + ".new", given, overwrite: true);
            while (!changed.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(200)); // what it waits before it looks
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
            }
        }
    }

    [Fact]
    public void Flags_become_options_and_a_reload_needs_a_file()
    {
        var options = Read("--encryption-provider-config=/e", "--encryption-provider-config-automatic-reload=true");
        Assert.Equal(("/e", true), (options.EncryptionConfigFile, options.ReloadsEncryptionConfig));
        Assert.Equal(("", false), (Read().EncryptionConfigFile, Read().ReloadsEncryptionConfig));
        Assert.Equal(
            "--encryption-provider-config-automatic-reload must be set with --encryption-provider-config",
            Assert.Throws<StartException>(() => Read("--encryption-provider-config-automatic-reload=true")).Message);
    }

    private Task<EncryptionFile> OpenAsync(string given = "", bool isReloaded = false) =>
        EncryptionFile.OpenAsync(new() { EncryptionConfigFile = given, ReloadsEncryptionConfig = isReloaded }, _folder.FullName, _store, _clock, NullLoggerFactory.Instance, Ct);

    private static string Key(char letter) => Convert.ToBase64String([.. Enumerable.Repeat((byte)letter, 32)]);

    private static string Yaml(string secret) =>
        $"apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aesgcm: {{keys: [{{name: a, secret: {secret}}}]}}\n";

    private static ServerOptions Read(params string[] arguments)
    {
        var flags = new ServerFlags();
        var command = new System.CommandLine.Command("server");
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        return flags.Read(command.Parse(arguments));
    }
}
