using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Google.Protobuf;
using KubeSharp.ApiServer.Encryption.Kms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>A key service as others write them: gRPC on a unix socket, with keys that it alone knows.</summary>
internal sealed class KmsPlugin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _keys;
    private readonly ConcurrentDictionary<string, int> _calls = new();

    private KmsPlugin(WebApplication app, ConcurrentDictionary<string, byte[]> keys) => (_app, _keys) = (app, keys);

    /// <summary>The id of the key it encrypts with; a new one is made on first use.</summary>
    public string KeyId { get; set; } = "key-1";

    public string Health { get; set; } = "ok";

    /// <summary>It takes calls and does not answer.</summary>
    public bool Hangs { get; set; }

    /// <param name="keys">Of a plugin that was there before, or none.</param>
    public static async Task<KmsPlugin> StartAsync(string socket, CancellationToken ct, ConcurrentDictionary<string, byte[]>? keys = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.ListenUnixSocket(socket, l => l.Protocols = HttpProtocols.Http2));
        var plugin = new KmsPlugin(builder.Build(), keys ?? new());
        plugin._app.Run(plugin.AnswerAsync);
        await plugin._app.StartAsync(ct);
        return plugin;
    }

    public ConcurrentDictionary<string, byte[]> Keys => _keys;

    public int CallsOf(string method) => _calls.GetValueOrDefault(method);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Path.Value!["/v2.KeyManagementService/".Length..];
        _calls.AddOrUpdate(method, 1, (_, n) => n + 1);
        if (Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var message = body.ToArray()[5..]; // compressed or not, and the length
        context.Response.ContentType = "application/grpc";
        IMessage? answer = method switch
        {
            "Status" => new StatusResponse { Version = "v2", Healthz = Health, KeyId = KeyId },
            "Encrypt" => Encrypt(EncryptRequest.Parser.ParseFrom(message)),
            _ => Decrypt(DecryptRequest.Parser.ParseFrom(message)),
        };
        if (answer is not null)
        {
            var bytes = answer.ToByteArray();
            var head = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), bytes.Length);
            await context.Response.Body.WriteAsync(head, context.RequestAborted);
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", answer is null ? "5" : "0");
        if (answer is null)
            context.Response.AppendTrailer("grpc-message", "no such key");
    }

    private EncryptResponse Encrypt(EncryptRequest request)
    {
        var text = request.Plaintext.ToByteArray();
        var (nonce, tag, cipher) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[text.Length]);
        using var aes = new AesGcm(_keys.GetOrAdd(KeyId, _ => RandomNumberGenerator.GetBytes(32)), 16);
        aes.Encrypt(nonce, text, cipher, tag);
        return new() { KeyId = KeyId, Ciphertext = ByteString.CopyFrom([.. nonce, .. tag, .. cipher]), Annotations = { ["version.encryption.test"] = ByteString.CopyFromUtf8("1") } };
    }

    private DecryptResponse? Decrypt(DecryptRequest request)
    {
        if (!_keys.TryGetValue(request.KeyId, out var key) || request.Annotations["version.encryption.test"].ToStringUtf8() != "1")
            return null;

        var text = new byte[request.Ciphertext.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(request.Ciphertext.Span[..12], request.Ciphertext.Span[28..], request.Ciphertext.Span[12..28], text);
        return new() { Plaintext = ByteString.CopyFrom(text) };
    }
}
