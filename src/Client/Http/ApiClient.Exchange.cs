using System.Net.Http.Headers;

namespace KubeSharp.Client.Http;

/// <content>One request and its answer.</content>
public sealed partial class ApiClient
{
    /// <summary>Sends and reads the whole answer, within a minute per attempt.</summary>
    private async Task<byte[]> ExchangeAsync(HttpMethod method, string path, Body? body, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var response = await OpenAsync(method, path, body, both.Token);
            return await response.Content.ReadAsByteArrayAsync(both.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"{method} {path}: the server did not answer within {Patience.TotalSeconds} s", e);
        }
    }

    /// <summary>Sends until the server takes the request or refuses it for good; the answer's body is still to be read.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, Body? body, CancellationToken ct)
    {
        for (var retries = 0; ; retries++)
        {
            var response = await SendOnceAsync(method, path, body, ct);
            if (response.IsSuccessStatusCode)
                return response;

            using (response)
            {
                if (retries == MostRetries || RetryAfter(response) is not { } wait)
                    throw Answer.Failure((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
                _counts.Retried(method, (int)response.StatusCode);
                await Task.Delay(wait, clock, ct);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, Body? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server + path));
        request.Version = System.Net.HttpVersion.Version20; // one connection carries all watches
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (body is { } given)
            request.Content = new ReadOnlyMemoryContent(given.Bytes) { Headers = { ContentType = given.Type } };
        var (began, code) = (clock.GetTimestamp(), 0);
        try
        {
            var response = await http.SendAsync(request, ct);
            code = (int)response.StatusCode;
            return response;
        }
        finally
        {
            _counts.Done(method, code, clock.GetElapsedTime(began));
        }
    }

    private async Task<HttpResponseMessage> OpenWatchAsync(string path, CancellationToken both, CancellationToken ct)
    {
        try
        {
            return await OpenAsync(HttpMethod.Get, path, null, both);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"GET {path}: the server did not answer within {Patience.TotalSeconds} s", e);
        }
    }

    /// <summary>How long the server asks to wait; <see langword="null"/> if it does not ask for another try.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter?.Delta is not { } wait || (int)response.StatusCode is not (429 or >= 500))
            return null;

        return wait < LongestRetryAfter ? wait : LongestRetryAfter;
    }

    private static async Task<WatchChange<T>?> NextAsync<T>(WatchStream<T> stream, CancellationToken both, CancellationToken ct)
        where T : class, IObject<T>
    {
        try
        {
            return await stream.NextAsync(both);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null; // the deadline: as if the server had ended it
        }
    }

    private static T Decode<T>(byte[] body)
        where T : class, IApiType<T>
    {
        try
        {
            return Json.Decode<T>(body);
        }
        catch (DecodeException e)
        {
            throw new IOException($"the server's answer cannot be read: {e.Message}", e);
        }
    }

    private static ListMeta ReadPage<T>(byte[] body, List<T> items)
        where T : class, IObject<T>
    {
        try
        {
            return ListPage.Read(body, items);
        }
        catch (DecodeException e)
        {
            throw new IOException($"the server's list cannot be read: {e.Message}", e);
        }
    }

    private readonly record struct Body(ReadOnlyMemory<byte> Bytes, MediaTypeHeaderValue Type);
}
