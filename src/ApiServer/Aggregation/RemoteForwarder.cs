using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Passes a request on to the server that answers for its group and version, and the answer back as it comes.</summary>
/// <remarks>Who asks is told in headers: proved and authorized here, to be authorized again there. Refusals are plain text, as upstream's.</remarks>
internal sealed class RemoteForwarder(RemoteConnections connections, RemoteClient client, TimeProvider clock)
{
    /// <summary>Discovery is asked for by everybody at every start: one slow server must not slow down all.</summary>
    private static readonly TimeSpan DiscoveryTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="OperationCanceledException">The client has gone, or the request's time is over.</exception>
    public async Task ForwardAsync(ApiCall call, RemoteApi api)
    {
        try
        {
            if (!api.IsAvailable || await ResolveAsync(api, call.Aborted) is not { } address)
                await RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, "service unavailable");
            else if (UpgradeForwarder.IsAsked(call.Context))
                await UpgradeAsync(call, api, address);
            else
                await PassAsync(call, api, address);
        }
        catch (FormatException e)
        {
            await RefuseAsync(call, StatusCodes.Status500InternalServerError, e.Message);
        }
        catch (IOException e) when (!call.Response.HasStarted)
        {
            await RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, $"error trying to reach service: {e.Message}");
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && call.Response.HasStarted && call.Info.Verb != "watch"))
        {
            call.Context.Abort(); // half an answer must not look like a whole one
        }
    }

    private async ValueTask<(string Host, int Port)?> ResolveAsync(RemoteApi api, CancellationToken ct)
    {
        try
        {
            return await connections.ResolveAsync(api, ct);
        }
        catch (IOException)
        {
            return null; // the service went away after the last look at it
        }
    }

    private async Task UpgradeAsync(ApiCall call, RemoteApi api, (string Host, int Port) address)
    {
        var backend = new Backend("https", address.Host, address.Port, TargetOf(call), BackendTrust.Any) { Headers = OwnHeaders(call) };
        try
        {
            await new UpgradeForwarder(new Dialer(connections, api, address)) { UnwrapsTunnels = false }.ForwardAsync(call, backend);
        }
        catch (ApiException e) when (e.Code == StatusCodes.Status502BadGateway && !call.Response.HasStarted)
        {
            await RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }

    private async Task PassAsync(ApiCall call, RemoteApi api, (string Host, int Port) address)
    {
        var isDiscovery = call.Info.Path.Trim('/').Split('/').Length == 3 && !call.Info.IsResource;
        using var time = new CancellationTokenSource(isDiscovery ? DiscoveryTimeout : Timeout.InfiniteTimeSpan, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, time.Token);
        try
        {
            await using var answer = await client.SendAsync(api, address, RequestOf(call), limit.Token);
            await AnswerAsync(call, answer, limit.Token);
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested && !call.Response.HasStarted)
        {
            await RefuseAsync(call, StatusCodes.Status503ServiceUnavailable, "error trying to reach service: context deadline exceeded");
        }
    }

    private static async Task AnswerAsync(ApiCall call, RemoteAnswer answer, CancellationToken ct)
    {
        var (head, response) = (answer.Head, call.Response);
        if (head.Code is >= 300 and < 400 && head.Header("Location").Length > 0)
        {
            // Whoever follows it would take its credentials along to wherever the server says.
            response.StatusCode = StatusCodes.Status502BadGateway;
            await response.WriteAsync("the backend attempted to redirect this request, which is not permitted", ct);
            return;
        }

        response.StatusCode = head.Code;
        foreach (var group in head.Headers.Where(h => IsPassedBack(h.Name)).GroupBy(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase))
            response.Headers[group.Key] = group.ToArray();
        response.ContentLength = answer.Body.Length;
        call.Context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(ct);
        var output = response.BodyWriter;

        // Each piece goes out as it comes: it may be an event somebody waits for.
        while (await answer.Body.ReadAsync(output.GetMemory(16 * 1024), ct) is > 0 and var read)
        {
            output.Advance(read);
            await output.FlushAsync(ct);
        }
    }

    private static bool IsPassedBack(string header) => Hop.IsPassedOn(header) && !header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        && !header.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase);

    private static RemoteRequest RequestOf(ApiCall call)
    {
        var request = call.Request;
        List<(string Name, string Value)> headers = [.. from header in request.Headers
                                                        where Hop.IsPassedOn(header.Key) && !header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                                                        from value in header.Value
                                                        where !IsAudit(header.Key)
                                                        select (header.Key, value)];
        var hasBody = call.Context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
        return new(request.Method, TargetOf(call), [.. headers, .. OwnHeaders(call)])
        {
            Body = hasBody ? request.Body : null,
            BodyLength = request.ContentLength,
        };
    }

    private static IReadOnlyList<(string Name, string Value)> OwnHeaders(ApiCall call) =>
        [.. RequestHeaders.Of(call.User), ("Audit-Id", call.Response.Headers["Audit-Id"].ToString())];

    private static bool IsAudit(string header) => header.Equals("Audit-Id", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The path as it was authorized, escaped anew: what was escaped twice, or climbs with dots, must not be another path to the other server
    /// than it was to this one.
    /// </summary>
    private static string TargetOf(ApiCall call) =>
        string.Join('/', call.Info.Path.Split('/').Select(Uri.EscapeDataString)) + call.Request.QueryString.Value;

    private static Task RefuseAsync(ApiCall call, int code, string why) => AnswerWriter.TextAsync(call.Context, why + "\n", code, CancellationToken.None);

    private sealed class Dialer(RemoteConnections connections, RemoteApi api, (string Host, int Port) address) : IDialer
    {
        public async Task<Stream> ConnectAsync(Backend backend, CancellationToken ct) => (await connections.OpenAsync(api, address, ct)).Output;
    }
}
