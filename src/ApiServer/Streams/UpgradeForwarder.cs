using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Passes an upgraded connection (SPDY, WebSocket) through byte by byte: neither side's protocol is looked into.</summary>
internal sealed class UpgradeForwarder(IDialer connections)
{
    private const int MaxRefusal = 64 * 1024;
    private const string TunnelPrefix = "SPDY/3.1+";
    private const string ProtocolVersion = "X-Stream-Protocol-Version";

    /// <summary>Whether SPDY inside a WebSocket is unwrapped for a backend that speaks SPDY only.</summary>
    public bool UnwrapsTunnels { get; init; } = true;

    public static bool IsAsked(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>The SPDY protocol that is asked for inside a WebSocket (port-forward from kubectl 1.31 on), or empty.</summary>
    private static string TunnelledProtocol(HttpRequest request) =>
        request.Headers.SecWebSocketProtocol.ToString().Split(',').Select(p => p.Trim())
            .FirstOrDefault(p => p.StartsWith(TunnelPrefix, StringComparison.Ordinal))?[TunnelPrefix.Length..] ?? "";

    /// <exception cref="ApiException">The backend cannot be reached.</exception>
    public async Task ForwardAsync(ApiCall call, Backend backend)
    {
        var tunnelled = UnwrapsTunnels ? TunnelledProtocol(call.Request) : "";
        await using var connection = await ConnectAsync(backend, call.Aborted);
        await connection.WriteAsync(Encoding.UTF8.GetBytes(HeadFor(call, backend, tunnelled)), call.Aborted);
        var head = await ReadHeadAsync(connection, call.Aborted);
        if (head.Code != StatusCodes.Status101SwitchingProtocols)
        {
            await RefuseAsync(call, head, connection);
            return;
        }

        if (tunnelled.Length > 0)
        {
            await TunnelAsync(call, tunnelled, connection);
            return;
        }

        var upgrade = call.Context.Features.Get<IHttpUpgradeFeature>() ?? throw new InvalidOperationException("the connection cannot be upgraded");
        foreach (var (name, value) in head.Headers.Where(h => !h.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase)))
            call.Response.Headers.Append(name, value);
        await using var client = await upgrade.UpgradeAsync();
        await PumpAsync(ct => CopyAsync(client, connection, ct), ct => CopyAsync(connection, client, ct), call.Aborted);
    }

    private async Task<Stream> ConnectAsync(Backend backend, CancellationToken ct)
    {
        try
        {
            return await connections.ConnectAsync(backend, ct);
        }
        catch (IOException e)
        {
            throw new ApiException(ApiException.Failure(502, "InternalError", $"error dialing backend: {e.Message}"), e);
        }
    }

    private static async Task<ResponseHead> ReadHeadAsync(Stream connection, CancellationToken ct)
    {
        try
        {
            return await ResponseHead.ReadAsync(connection, ct);
        }
        catch (IOException e)
        {
            throw new ApiException(ApiException.Failure(502, "InternalError", $"error dialing backend: {e.Message}"), e);
        }
    }

    private static string HeadFor(ApiCall call, Backend backend, string tunnelled)
    {
        var isTunnel = tunnelled.Length > 0;
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{(isTunnel ? "POST" : call.Request.Method)} {backend.Target} HTTP/1.1\r\nHost: {backend.Authority}\r\nConnection: Upgrade\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Upgrade: {(isTunnel ? "SPDY/3.1" : call.Request.Headers.Upgrade.ToString())}\r\n");
        foreach (var (name, values) in call.Request.Headers.Where(h => Hop.IsPassedOn(h.Key)))
        {
            if (isTunnel && (name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase) || name.Equals(ProtocolVersion, StringComparison.OrdinalIgnoreCase)))
                continue;

            // Kestrel has refused line breaks in values already.
            foreach (var value in values)
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        foreach (var (name, value) in backend.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (isTunnel)
            head.Append(CultureInfo.InvariantCulture, $"{ProtocolVersion}: {tunnelled}\r\n");
        return head.Append("\r\n").ToString();
    }

    /// <summary>The backend's own refusal, as it is: clients look at its code to choose another protocol.</summary>
    private static async Task RefuseAsync(ApiCall call, ResponseHead head, Stream connection)
    {
        var length = int.TryParse(head.Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? Math.Min(told, MaxRefusal) : 0;
        var body = new byte[length];
        var read = await connection.ReadAtLeastAsync(body, length, throwOnEndOfStream: false, call.Aborted);
        var type = head.Header("Content-Type");
        await AnswerWriter.SendAsync(call.Context, type.Length > 0 ? type : "text/plain; charset=utf-8", body.AsMemory(0, read), head.Code, call.Aborted);
    }

    /// <summary>The client's WebSocket is only a wrapping: its binary messages are the raw bytes of the SPDY connection.</summary>
    private static async Task TunnelAsync(ApiCall call, string protocol, Stream connection)
    {
        using var socket = await WebSocketAnswer.AcceptAsync(call.Context, TunnelPrefix + protocol);
        await PumpAsync(ct => UnwrapAsync(socket, connection, ct), ct => WrapAsync(connection, socket, ct), call.Aborted);
    }

    private static async Task UnwrapAsync(WebSocket socket, Stream to, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close)
                return;

            await to.WriteAsync(buffer.AsMemory(0, got.Count), ct);
            await to.FlushAsync(ct);
        }
    }

    private static async Task WrapAsync(Stream from, WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        while (await from.ReadAsync(buffer, ct) is > 0 and var read)
            await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, ct);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ct);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        while (await from.ReadAsync(buffer, ct) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            await to.FlushAsync(ct);
        }
    }

    /// <summary>Both directions until one of them ends; a connection that breaks has simply ended.</summary>
    private static async Task PumpAsync(Func<CancellationToken, Task> up, Func<CancellationToken, Task> down, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var tasks = new[] { up(both.Token), down(both.Token) };
        await Task.WhenAny(tasks);
        await both.CancelAsync();
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // one side has gone away, and with it the connection
        }
    }
}
