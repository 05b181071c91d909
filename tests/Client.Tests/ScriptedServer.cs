using System.Net;
using System.Text;

namespace KubeSharp.Client.Tests;

/// <summary>A server that is a function. Remembers what it was asked.</summary>
internal sealed class ScriptedServer(Func<SentRequest, HttpResponseMessage> answer) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<SentRequest> _requests = [];

    public IReadOnlyList<SentRequest> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    public static HttpResponseMessage Json(string body, HttpStatusCode code = HttpStatusCode.OK) =>
        new(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Refuse(ApiException e) =>
        Json(Machinery.Json.TextOf(e.Status), (HttpStatusCode)e.Code);

    public static HttpResponseMessage Stream(Stream body) => new(HttpStatusCode.OK) { Content = new StreamContent(body) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
        var sent = new SentRequest(
            request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Content?.Headers.ContentType?.ToString() ?? "", request.Headers.UserAgent.ToString());
        lock (_gate)
            _requests.Add(sent);
        return answer(sent);
    }
}

internal sealed record SentRequest(string Method, string Path, string Body, string ContentType, string UserAgent);
