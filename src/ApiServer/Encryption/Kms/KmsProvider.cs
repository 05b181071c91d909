using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using KubeSharp.ApiServer.Encryption.Configuration;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>
/// Envelope encryption by upstream's KMS v2: values are encrypted here with a seed that the key service has encrypted, once for each of its keys. The
/// service is asked for its present key once a minute; a write needs an answer that is not older than three, a read needs the service once for each seed.
/// </summary>
internal sealed partial class KmsProvider : ITransformer, IDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LifeOfWrites = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LifeOfWell = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LifeOfUnwell = TimeSpan.FromSeconds(3);

    private readonly KmsClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger<KmsProvider> _log;
    private readonly DataKeys _keys;
    private readonly SemaphoreSlim _probing = new(1, 1);
    private Writing? _writing;
    private Answer? _answer;

    public KmsProvider(KmsConfiguration configuration, TimeProvider clock, ILogger<KmsProvider> log)
    {
        (Name, Timeout, _clock, _log) = (configuration.Name, configuration.Timeout, clock, log);
        _keys = new(clock);
        _client = new(Name, SocketPath(configuration.Endpoint), Timeout, clock);
    }

    public string Name { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Asks for the present key, again and again until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var pause = await ProbeAsync(ct) is null ? Usual : AfterFailure;
                await Task.Delay(pause, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Asks the service how it is and which key is its present one, and makes a new seed if that is another.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> ProbeAsync(CancellationToken ct)
    {
        await _probing.WaitAsync(ct);
        try
        {
            return await Probe_NeedsTurnAsync(ct);
        }
        finally
        {
            _probing.Release();
        }
    }

    /// <summary>As <see cref="ProbeAsync"/>, out of memory if it was asked a moment ago.</summary>
    public async ValueTask<string?> CheckAsync(CancellationToken ct)
    {
        await _probing.WaitAsync(ct);
        try
        {
            return _answer is { } known && _clock.GetUtcNow() - known.At < (known.Wrong is null ? LifeOfWell : LifeOfUnwell) ? known.Wrong : await Probe_NeedsTurnAsync(ct);
        }
        finally
        {
            _probing.Release();
        }
    }

    public async ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct)
    {
        var obj = StoredEnvelope.Parse(stored.Span);
        var id = StoredEnvelope.IdOf(obj);
        var data = _keys.Find(id) ?? await DecryptAsync(obj, id, ct);
        KmsMetrics.Used(data.Reads);
        var plain = await data.Cipher.ReadAsync(obj.EncryptedData.Memory, key, ct);
        var writing = Volatile.Read(ref _writing);
        return plain with { IsStale = writing is not null && (obj.KeyID != writing.KeyId || obj.EncryptedDEKSourceType != EncryptedDEKSourceType.HkdfSha256XnonceAesGcmSeed) };
    }

    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key)
    {
        var writing = Volatile.Read(ref _writing) ?? throw new TransformException($"the KMS provider {Name} has not told its key yet: {_answer?.Wrong ?? "it was not asked yet"}");
        if (_clock.GetUtcNow() > writing.Until)
            throw new TransformException($"the encrypted seed of the KMS provider {Name} expired at {writing.Until:yyyy-MM-ddTHH:mm:ssZ}: {_answer?.Wrong}");

        KmsMetrics.Used(writing.Writes);
        var obj = new EncryptedObject(writing.Envelope) { EncryptedData = UnsafeByteOperations.UnsafeWrap(writing.Cipher.Write([], value, key)) };
        var bytes = new byte[prefix.Length + obj.CalculateSize()];
        prefix.CopyTo(bytes);
        obj.WriteTo(bytes.AsSpan(prefix.Length));
        return bytes;
    }

    public void Dispose()
    {
        _client.Dispose();
        _probing.Dispose();
    }

    private async Task<string?> Probe_NeedsTurnAsync(CancellationToken ct)
    {
        var before = _answer;
        string? wrong;
        try
        {
            // From before the calls, so that time in them counts.
            var now = _clock.GetUtcNow();
            var status = await _client.StatusAsync(ct);
            wrong = WrongWith(status);
            if (wrong is null)
            {
                KmsMetrics.IdWasTold(Name, status.KeyId, now);
                wrong = await RotateAsync(status.KeyId, now + LifeOfWrites, ct);
            }
        }
        catch (RpcException e)
        {
            wrong = $"the KMS provider {Name} does not answer: {e.Status.StatusCode}: {e.Status.Detail}";
        }

        _answer = new(wrong, _clock.GetUtcNow());
        if (wrong is not null && before?.Wrong is null)
            Unwell(Name, wrong);
        else if (wrong is null && before?.Wrong is not null)
            Well(Name);
        return wrong;
    }

    private string? WrongWith(StatusResponse status)
    {
        var wrong = new List<string>();
        if (status.Healthz != "ok")
            wrong.Add($"got unexpected healthz status: {status.Healthz}");
        if (status.Version is not ("v2" or "v2beta1"))
            wrong.Add($"expected KMSv2 API version v2, got {status.Version}");
        if (StoredEnvelope.WrongWithKeyId(status.KeyId) is { } problem)
        {
            KmsMetrics.IdIsInvalid(Name, status.KeyId.Length == 0 ? "empty" : "too_long");
            wrong.Add($"expected KMSv2 KeyID to be set: {problem}");
        }

        return wrong.Count == 0 ? null : $"kmsv2 Provider {Name} is not healthy, error: {string.Join("; ", wrong)}";
    }

    /// <summary>A new seed where the service has another key than that of the present one.</summary>
    private async Task<string?> RotateAsync(string keyId, DateTimeOffset until, CancellationToken ct)
    {
        if (_writing is { } present && present.KeyId == keyId)
        {
            Volatile.Write(ref _writing, present with { Until = until });
            return null;
        }

        var seed = RandomNumberGenerator.GetBytes(SeedCipher.SeedLength);
        var answer = await _client.EncryptAsync(new() { Plaintext = ByteString.CopyFrom(seed), Uid = Guid.NewGuid().ToString() }, ct);
        if (answer.KeyId != keyId)
            return $"the KMS provider {Name} told one key id and encrypted with another: it is asked again";

        var envelope = new EncryptedObject
        {
            KeyID = keyId, EncryptedDEKSource = answer.Ciphertext, Annotations = { answer.Annotations }, EncryptedDEKSourceType = EncryptedDEKSourceType.HkdfSha256XnonceAesGcmSeed,
        };
        if (StoredEnvelope.WrongWith(envelope) is { } problem)
            return $"the KMS provider {Name} answered what cannot be stored: {problem}";

        var cipher = new SeedCipher(seed);
        _keys.Add(StoredEnvelope.IdOf(envelope), new(cipher, KmsMetrics.UseOf(Name, keyId, "from_storage")));
        Volatile.Write(ref _writing, new(keyId, envelope, cipher, KmsMetrics.UseOf(Name, keyId, "to_storage"), until));
        Rotated(Name);
        return null;
    }

    /// <summary>Two readers may ask for the same key at once; either answer is as good.</summary>
    private async Task<DataKey> DecryptAsync(EncryptedObject obj, string id, CancellationToken ct)
    {
        KmsMetrics.CacheMisses.Add(1);
        try
        {
            var request = new DecryptRequest { Ciphertext = obj.EncryptedDEKSource, Uid = Guid.NewGuid().ToString(), KeyId = obj.KeyID, Annotations = { obj.Annotations } };
            var secret = (await _client.DecryptAsync(request, ct)).Plaintext.ToByteArray();
            ITransformer cipher = obj.EncryptedDEKSourceType == EncryptedDEKSourceType.HkdfSha256XnonceAesGcmSeed ? new SeedCipher(secret)
                : secret.Length is 16 or 24 or 32 ? new AesGcmTransformer(secret)
                : throw new TransformException($"crypto/aes: invalid key size {secret.Length}");
            var key = new DataKey(cipher, KmsMetrics.UseOf(Name, obj.KeyID, "from_storage"));
            _keys.Add(id, key);
            return key;
        }
        catch (RpcException e)
        {
            var failure = new TransformException($"failed to decrypt DEK, error: rpc error: code = {e.StatusCode} desc = {e.Status.Detail}", e) { Code = e.StatusCode.ToString() };
            _keys.AddFailure(id, failure);
            throw failure;
        }
    }

    private static string SocketPath(string endpoint)
    {
        var path = endpoint[(endpoint.StartsWith("unix://", StringComparison.Ordinal) ? "unix://" : "unix:").Length..];
        return path.StartsWith("/@", StringComparison.Ordinal) ? "\0" + path[2..] : path; // the abstract namespace, as upstream
    }

    /// <param name="Envelope">Without the value.</param>
    /// <param name="Until">No longer than this without an answer of the service.</param>
    private sealed record Writing(string KeyId, EncryptedObject Envelope, SeedCipher Cipher, KeyValuePair<string, object?>[] Writes, DateTimeOffset Until);

    private sealed record Answer(string? Wrong, DateTimeOffset At);

    [LoggerMessage(1, LogLevel.Error, "KMS provider {Name}: {Reason}; asking again")]
    private partial void Unwell(string name, string reason);

    [LoggerMessage(2, LogLevel.Information, "KMS provider {Name}: it is well")]
    private partial void Well(string name);

    [LoggerMessage(3, LogLevel.Information, "KMS provider {Name}: values are encrypted with a new key from now on")]
    private partial void Rotated(string name);
}
