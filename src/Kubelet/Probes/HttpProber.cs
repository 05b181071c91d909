using System.Net.Security;
using System.Net.Sockets;

namespace KubeSharp.Kubelet.Probes;

/// <summary>A GET whose answer is between 200 and 399 is a success.</summary>
internal sealed class HttpProber : IDisposable
{
    private const int MaxBody = 10 * 1024;
    private const int MaxRedirects = 10;

    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public HttpProber(TimeProvider clock)
    {
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero, // each probe proves that a new connection can be made
            SslOptions = new SslClientAuthenticationOptions
            {
                // The probe asks whether the server lives, not who it is; its certificate cannot name a pod's address.
#pragma warning disable CA5359
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _client.Dispose();

    /// <exception cref="UriFormatException">The path makes no address.</exception>
    public static Uri UriOf(HTTPGetAction action, string host, int port)
    {
        var scheme = action.Scheme.Length == 0 ? "http" : action.Scheme.ToLowerInvariant();
        var path = action.Path.StartsWith('/') ? action.Path : "/" + action.Path;
        return new Uri($"{scheme}://{ProbeTarget.HostPort(host, port)}{path}");
    }

    public async Task<ProbeOutcome> ProbeAsync(Uri uri, IReadOnlyList<HTTPHeader> headers, TimeSpan timeout, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await FollowAsync(uri, headers, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"Get \"{uri}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        catch (HttpRequestException e)
        {
            var reason = e.InnerException is SocketException socket
                ? $"dial tcp {ProbeTarget.HostPort(uri.DnsSafeHost, uri.Port)}: {GoErrors.Text(socket)}"
                : e.HttpRequestError == HttpRequestError.ResponseEnded ? "EOF" : e.InnerException?.Message ?? e.Message;
            return ProbeOutcome.Failure($"Get \"{uri}\": {reason}");
        }
        catch (IOException e)
        {
            return ProbeOutcome.Failure($"Get \"{uri}\": {e.Message}");
        }
    }

    private async Task<ProbeOutcome> FollowAsync(Uri uri, IReadOnlyList<HTTPHeader> headers, CancellationToken ct)
    {
        var at = uri;
        for (var redirects = 0; ; redirects++)
        {
            using var request = RequestFor(at, headers);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = (int)response.StatusCode;
            if (status is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                var target = new Uri(at, location);
                if (target.Host != uri.Host)
                    return new(ProbeResult.Warning, $"Probe terminated redirects, Response body: {await BodyAsync(response, ct)}");
                if (redirects == MaxRedirects)
                    return ProbeOutcome.Failure($"Get \"{at}\": stopped after {MaxRedirects} redirects");
                at = target;
                continue;
            }

            var body = await BodyAsync(response, ct);
            return status is >= 200 and < 400 ? ProbeOutcome.Success(body) : ProbeOutcome.Failure($"HTTP probe failed with statuscode: {status}");
        }
    }

    private static HttpRequestMessage RequestFor(Uri uri, IReadOnlyList<HTTPHeader> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        foreach (var header in headers)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                request.Headers.Host = header.Value;
            else
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        if (!request.Headers.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        if (!request.Headers.Contains("Accept"))
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        return request;
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[MaxBody];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }
}
