using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Answers over a WebSocket (RFC 6455) whose messages are pieces of what would be the body: for clients in a browser, which can read no stream.</summary>
internal static class WebSocketAnswer
{
    private const string Base64 = "base64.binary.k8s.io";

    /// <summary>None, and both of upstream's for plain bytes.</summary>
    private static readonly string[] Protocols = ["binary.k8s.io", Base64];

    public static bool IsAsked(HttpContext context) =>
        UpgradeForwarder.IsAsked(context) && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>The handshake with an agreed protocol; the caller disposes the socket.</summary>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string protocol)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>() ?? throw new InvalidOperationException("the connection cannot be upgraded");
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptKey(context.Request.Headers.SecWebSocketKey.ToString());
        if (protocol.Length > 0)
            headers.SecWebSocketProtocol = protocol; // named here only: .NET refuses the slash that some of upstream's names have
        return WebSocket.CreateFromStream(await upgrade.UpgradeAsync(), new WebSocketCreationOptions { IsServer = true });
    }

    /// <summary>Sends the stream to its end, each piece as it comes. As upstream an empty message goes first: the connection stands.</summary>
    /// <exception cref="ApiException">400: the client wants no protocol that there is.</exception>
    public static async Task SendAsync(ApiCall call, Stream from)
    {
        var offered = Offered(call.Request);
        var protocol = offered.Find(Protocols.Contains) ?? "";
        if (protocol.Length == 0 && offered.Count > 0)
            throw ApiException.BadRequest($"unknown websocket protocol: {string.Join(", ", offered)} (there are {string.Join(", ", Protocols)})");

        using var socket = await AcceptAsync(call.Context, protocol);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        var listening = ListenAsync(socket, ended);
        try
        {
            await CopyAsync(from, socket, asText: protocol == Base64, ended.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException)
        {
            // one side has gone away, and with it the connection
        }

        await ended.CancelAsync();
        await listening;
    }

    private static List<string> Offered(HttpRequest request) =>
        [.. request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static async Task CopyAsync(Stream from, WebSocket socket, bool asText, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        var read = 0;
        do
        {
            var piece = asText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(buffer, 0, read)) : buffer.AsMemory(0, read);
            await socket.SendAsync(piece, asText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, ct);
            read = await from.ReadAsync(buffer, ct);
        }
        while (read > 0);

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ct);
    }

    /// <summary>Nothing is expected of the client but that it goes.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ended)
    {
        var ignored = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(ignored.AsMemory(), ended.Token)).MessageType != WebSocketMessageType.Close)
                continue;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException)
        {
            // it has gone without a word
        }

        await ended.CancelAsync();
    }

    private static string AcceptKey(string key)
    {
#pragma warning disable CA5350 // RFC 6455 wants SHA-1; it protects nothing here.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
