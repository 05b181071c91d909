using System.Security.Cryptography;
using KubeSharp.ApiServer.Encryption.Configuration;
using KubeSharp.ApiServer.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Which resources are stored encrypted, and how: what an <c>EncryptionConfiguration</c> says, now and after each change of it.</summary>
/// <remarks>Keep <see cref="RunAsync"/> going while the server runs: it asks key services for their keys. Thread-safe.</remarks>
public sealed class StorageEncryption
{
    private readonly StorageEncryptionOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _logs;
    private EncryptionRules _rules;
    private TaskCompletionSource _changed = NewSignal();

    /// <param name="yaml">An <c>apiserver.config.k8s.io/v1</c> EncryptionConfiguration.</param>
    /// <exception cref="FormatException">It is none; the message lists every problem, without any key.</exception>
    public StorageEncryption(string yaml, StorageEncryptionOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        (_options, _clock, _logs) = (options, clock, logs);
        _rules = Read(yaml);
    }

    /// <inheritdoc cref="StorageEncryptionOptions.RewritesStale"/>
    public bool RewritesStale => _options.RewritesStale;

    /// <summary>Upstream's <c>kms-providers</c>: there are key services, or a reload may bring some.</summary>
    public IReadOnlyList<HealthCheck> Checks =>
        _options.IsReloaded || Rules.Kms.Count > 0 ? [new("kms-providers", CheckAsync, IsOfReadiness: true)] : [];

    /// <summary>Ends when another configuration has taken the place of this one.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    internal EncryptionRules Rules => Volatile.Read(ref _rules);

    /// <summary>A configuration with a new key, by which Secrets are encrypted.</summary>
    public static string NewConfiguration() =>
        $"""
        # Made at the first start: with this key the Secrets in the store are encrypted. Without it they are lost. Keep it as safe as they are.
        # How to rotate it: docs/encryption.md.
        apiVersion: apiserver.config.k8s.io/v1
        kind: EncryptionConfiguration
        resources:
          - resources: [secrets]
            providers:
              - secretbox:
                  keys:
                    - name: key1
                      secret: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(Secretbox.KeyLength))}
              - identity: {"{}"}

        """;

    /// <summary>Whether a stored value is of an encrypted form.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> stored) => stored.StartsWith("k8s:enc:"u8);

    /// <summary>Where Secrets are in the store.</summary>
    public static string SecretsPrefix => Registry.StoragePrefixes.Root + "secrets/";

    /// <summary>Asks each key service once, so that what it encrypted can be read. One that does not answer is asked again by <see cref="RunAsync"/>.</summary>
    public async Task StartAsync(CancellationToken ct) => await Task.WhenAll(Rules.Kms.Select(k => k.ProbeAsync(ct)));

    /// <summary>Keeps in touch with the key services until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var retired = new List<Task>();
        while (!ct.IsCancellationRequested)
        {
            var changed = Changed;
            var rules = Rules;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var loops = Task.WhenAll(rules.Kms.Select(k => k.RunAsync(stop.Token)));
            await changed.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stop.CancelAsync();
            await loops;
            retired.RemoveAll(t => t.IsCompleted);
            if (ct.IsCancellationRequested || !ReferenceEquals(rules, Rules)) // the signal may be that of the change which brought these
                retired.Add(RetireAsync(rules, ct));
        }

        await Task.WhenAll(retired);
    }

    /// <summary>Puts another configuration in the place of this one, once its key services are well.</summary>
    /// <exception cref="FormatException">It cannot be used: this one stays.</exception>
    public async Task ReplaceAsync(string yaml, CancellationToken ct)
    {
        EncryptionRules? rules = null;
        var isTaken = false;
        try
        {
            rules = Read(yaml);
            if (await UnwellAsync(rules, ct) is { } wrong)
                throw new FormatException("health check for new transformers failed: " + wrong);

            isTaken = true;
            Volatile.Write(ref _rules, rules);
            Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
        }
        finally
        {
            if (!isTaken)
                rules?.Dispose();
            ReloadMetrics.Done(isTaken, _clock.GetUtcNow());
        }
    }

    private EncryptionRules Read(string yaml) => new(EncryptionConfigurationReader.Read(yaml, _options.IsReloaded), _clock, _logs);

    /// <summary>What is still wrong with one of the services after a while.</summary>
    private async Task<string?> UnwellAsync(EncryptionRules rules, CancellationToken ct)
    {
        string? wrong = null;
        var began = _clock.GetTimestamp();
        do
        {
            if (wrong is not null)
                await Task.Delay(TimeSpan.FromMilliseconds(100), _clock, ct);
            wrong = (await Task.WhenAll(rules.Kms.Select(k => k.ProbeAsync(ct)))).FirstOrDefault(w => w is not null);
        }
        while (wrong is not null && _clock.GetElapsedTime(began) < rules.Grace);
        return wrong;
    }

    /// <summary>Calls that were under way when other rules came may still end.</summary>
    private async Task RetireAsync(EncryptionRules rules, CancellationToken ct)
    {
        await Task.Delay(rules.Grace, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        rules.Dispose();
    }

    private async ValueTask<string?> CheckAsync(CancellationToken ct)
    {
        foreach (var kms in Rules.Kms)
        {
            if (await kms.CheckAsync(ct) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How an <c>EncryptionConfiguration</c> is used.</summary>
public sealed record StorageEncryptionOptions
{
    /// <summary>Whether what is stored otherwise than it would be today is written anew in the background, after the start and after each change.</summary>
    public bool RewritesStale { get; init; }

    /// <summary><c>--encryption-provider-config-automatic-reload</c>: <see cref="StorageEncryption.ReplaceAsync"/> may come.</summary>
    public bool IsReloaded { get; init; }
}
