using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>One request on its way through the server, after it is known who asks.</summary>
/// <param name="Aborted">Ends with the client, with the request's time limit and with the server.</param>
internal sealed record ApiCall(HttpContext Context, RequestInfo Info, Identity User, ResponseForm Form, CancellationToken Aborted)
{
    /// <summary>What is learned of the request on its way and counted at its end.</summary>
    public RequestNotes Notes { get; init; } = new();

    /// <summary>Whether the server reads and writes CBOR.</summary>
    public bool MayBeCbor { get; init; }

    public HttpRequest Request => Context.Request;

    public HttpResponse Response => Context.Response;

    public string Accept => Request.Headers.Accept.ToString();

    /// <summary>Tells the client of something it may want to change. Works until the answer begins.</summary>
    public void Warn(string message)
    {
        const int Most = 4096;
        if (Response.HasStarted || Response.Headers["Warning"].Count > 100)
            return;

        var text = message.Length > Most ? message[..Most] : message;
        var quoted = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace('\n', ' ').Replace('\r', ' ');
        Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
    }

    /// <exception cref="ApiException">405: the path can only be read.</exception>
    public void CheckIsRead()
    {
        if (!HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method))
            throw new ApiException(ApiException.Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", StatusDetails.Empty));
    }
}
