using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.Kubelet.Server;

/// <summary>Joins an upgraded connection (SPDY or WebSocket) to another server's, byte by byte: what is spoken on it is not our affair.</summary>
internal sealed class UpgradedRelay(TimeProvider clock)
{
    private const int MaxHeadBytes = 64 * 1024;

    /// <summary>How long the other side may still talk when the client has closed its half.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase) { "Host", "Authorization", "Content-Length", "Transfer-Encoding" };

    public static bool CanUpgrade(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Repeats the client's request to <paramref name="target"/>; if that agrees to the upgrade both ends are joined until one closes.</summary>
    public async Task JoinAsync(HttpContext context, Uri target, CancellationToken ct)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.Host, target.Port, ct);
        }
        catch (SocketException e)
        {
            await Answer.TextAsync(context, StatusCodes.Status500InternalServerError, $"error dialing backend: {e.Message}");
            return;
        }

        await using var backend = new NetworkStream(socket, ownsSocket: false);
        await backend.WriteAsync(RequestHead(context.Request, target), ct);
        var head = await ReadHeadAsync(backend, ct);
        if (head is null)
        {
            await Answer.TextAsync(context, StatusCodes.Status500InternalServerError, "the runtime's streaming server closed the connection");
            return;
        }

        if (head.Status != StatusCodes.Status101SwitchingProtocols)
        {
            await PassOnRefusalAsync(context, head, backend, ct);
            return;
        }

        foreach (var (name, value) in head.Headers)
            context.Response.Headers.Append(name, value);
        var upgrade = context.Features.Get<IHttpUpgradeFeature>() ?? throw new InvalidOperationException("Not an upgradable request");
        await using var client = await upgrade.UpgradeAsync();
        await client.WriteAsync(head.Rest, ct);
        await CopyBothWaysAsync(client, backend, socket, ct);
    }

    private async Task CopyBothWaysAsync(Stream client, NetworkStream backend, Socket socket, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var down = PumpAsync(backend, client, stop.Token);
        var up = PumpAsync(client, backend, stop.Token);
        if (await Task.WhenAny(down, up) == up)
        {
            ShutDown(socket);
            stop.CancelAfter(LastWords);
            await Task.WhenAny(down, Task.Delay(LastWords, clock, stop.Token));
        }

        await stop.CancelAsync();
        await Task.WhenAll(down, up);
    }

    /// <summary>Copies until the source ends or either end breaks; every chunk goes on at once, because a keystroke is one.</summary>
    private static async Task PumpAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, ct) is var length and > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, length), ct);
                await to.FlushAsync(ct);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // one end is gone; the caller closes the other
        }
    }

    private static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
        }
    }

    private static byte[] RequestHead(HttpRequest request, Uri target)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n");
        foreach (var (name, values) in request.Headers)
        {
            if (OwnHeaders.Contains(name))
                continue;
            foreach (var value in values)
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    /// <returns><see langword="null"/> if the connection ended before the head did.</returns>
    private static async Task<Head?> ReadHeadAsync(NetworkStream backend, CancellationToken ct)
    {
        var buffer = new byte[MaxHeadBytes];
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await backend.ReadAsync(buffer.AsMemory(filled), ct);
            if (read == 0)
                return null;

            filled += read;
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return Head.Parse(Encoding.Latin1.GetString(buffer, 0, end), buffer[(end + 4)..filled]);
        }

        return null;
    }

    private static async Task PassOnRefusalAsync(HttpContext context, Head head, NetworkStream backend, CancellationToken ct)
    {
        context.Response.StatusCode = head.Status;
        var length = 0L;
        foreach (var (name, value) in head.Headers)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
            else if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                context.Response.ContentType = value;
        }

        var body = new byte[Math.Min(length, MaxHeadBytes)];
        head.Rest.AsSpan(0, Math.Min(head.Rest.Length, body.Length)).CopyTo(body);
        if (head.Rest.Length < body.Length)
            await backend.ReadAtLeastAsync(body.AsMemory(head.Rest.Length), body.Length - head.Rest.Length, throwOnEndOfStream: false, ct);
        await context.Response.Body.WriteAsync(body, ct);
    }

    /// <param name="Rest">What came behind the head already.</param>
    private sealed record Head(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Rest)
    {
        public static Head Parse(string text, byte[] rest)
        {
            var lines = text.Split("\r\n");
            var status = lines[0].Split(' ') is [_, var code, ..] && int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : 502;
            return new(
                status,
                [.. lines.Skip(1).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).Select(p => (p[0].Trim(), p[1].Trim()))],
                rest);
        }
    }
}
