using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Passes a plain request on and its answer back, both as they come.</summary>
internal sealed class HttpForwarder(BackendConnections connections)
{
    private const int MaxRefusal = 64 * 1024;

    /// <param name="asStatus">
    /// Whether the answer is the API server's own: what the backend refuses is told as a Status with its words, and a WebSocket is answered here (logs);
    /// otherwise all is passed through (proxies).
    /// </param>
    /// <exception cref="ApiException">503: the backend cannot be reached.</exception>
    public async Task ForwardAsync(ApiCall call, Backend backend, bool asStatus)
    {
        using var request = RequestFor(call, backend);
        using var response = await SendAsync(backend, request, call.Aborted);
        var code = (int)response.StatusCode;
        if (asStatus && code >= 400)
            throw new ApiException(Refusal(code, await ReadSomeAsync(response.Content, call.Aborted)));

        if (asStatus && WebSocketAnswer.IsAsked(call.Context))
        {
            await WebSocketAnswer.SendAsync(call, await response.Content.ReadAsStreamAsync(call.Aborted));
            return;
        }

        call.Response.StatusCode = code;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(h => Hop.IsPassedOn(h.Key)))
            call.Response.Headers[name] = values.ToArray();
        call.Context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await CopyAsync(await response.Content.ReadAsStreamAsync(call.Aborted), call);
    }

    /// <summary>What a kubelet's refusal is to a client: its code, its words.</summary>
    public static Status Refusal(int code, string text) => ApiException.Failure(
        code,
        code switch
        {
            400 => "BadRequest",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            405 => "MethodNotAllowed",
            409 => "Conflict",
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => "InternalError",
        },
        text.TrimEnd('\n'));

    private static HttpRequestMessage RequestFor(ApiCall call, Backend backend)
    {
        var request = new HttpRequestMessage(new(call.Request.Method), new Uri($"{backend.Scheme}://{backend.Authority}{backend.Target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (call.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? call.Request.ContentLength > 0)
            request.Content = new StreamContent(call.Request.Body);
        foreach (var (name, values) in call.Request.Headers.Where(h => Hop.IsPassedOn(h.Key) && !h.Key.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(Backend backend, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await connections.SendAsync(backend.Trust, request, ct);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException(ApiException.Failure(503, "ServiceUnavailable", $"error trying to reach service: {e.Message}"), e);
        }
    }

    private static async Task<string> ReadSomeAsync(HttpContent content, CancellationToken ct)
    {
        var buffer = new byte[MaxRefusal];
        await using var stream = await content.ReadAsStreamAsync(ct);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return System.Text.Encoding.UTF8.GetString(buffer.AsSpan(0, read));
    }

    /// <summary>Each piece goes out as it comes: somebody may be following a log.</summary>
    private static async Task CopyAsync(Stream from, ApiCall call)
    {
        var output = call.Response.BodyWriter;
        await call.Response.StartAsync(call.Aborted);
        await output.FlushAsync(call.Aborted);
        while (true)
        {
            var read = await from.ReadAsync(output.GetMemory(32 * 1024), call.Aborted);
            if (read == 0)
                return;

            output.Advance(read);
            await output.FlushAsync(call.Aborted);
        }
    }
}
