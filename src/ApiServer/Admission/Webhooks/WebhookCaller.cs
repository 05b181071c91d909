using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Tracing;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AdmissionV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Asks one webhook one question, within its time.</summary>
internal sealed class WebhookCaller(WebhookClients clients, Chance chance, TimeProvider clock)
{
    /// <summary>As upstream's limit for what a webhook may send back.</summary>
    private const int MostBytes = 3 * 1024 * 1024;

    /// <param name="type">Whether the webhook may change the object (<see cref="WebhookMetrics.Admit"/>) or judges it.</param>
    /// <returns>The answer, which allows the write; what the webhook has to say beyond it is with the request by now.</returns>
    /// <exception cref="WebhookException">There is no answer.</exception>
    /// <exception cref="ApiException">The refusal; or 400: a dry run, and the webhook has side effects.</exception>
    public async Task<AdmissionResponse> AskAsync(Webhook hook, AdmissionRequest request, ServedResource form, IObject? obj, IObject? old, string type, CancellationToken ct)
    {
        using var span = Spans.Webhook(type, hook.Configuration, hook.Name);
        var started = clock.GetTimestamp();
        var (isRejected, code) = (true, 200);
        try
        {
            var response = await AskAsync(hook, request, form, obj, old, type == WebhookMetrics.Admit, ct);
            Note(hook, request, response);
            isRejected = !response.Allowed;
            if (!isRejected)
                return response;

            var denial = ReviewBody.Denial(hook, response.Status);
            code = denial.Code;
            WebhookMetrics.Rejected(hook, type, request.Verb, "no_error", code);
            throw denial;
        }
        catch (WebhookException)
        {
            (isRejected, code) = (!hook.FailsOpen, 500);
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            if (isRejected)
                WebhookMetrics.Rejected(hook, type, request.Verb, "calling_webhook_error", 500);
            else
                WebhookMetrics.Ignored(hook, type);
            throw;
        }
        finally
        {
            var took = clock.GetElapsedTime(started);
            request.Options.Notes?.AddWait(took);
            WebhookMetrics.Answered(hook, type, request.Verb, took, isRejected, code);
        }
    }

    private async Task<AdmissionResponse> AskAsync(Webhook hook, AdmissionRequest request, ServedResource form, IObject? obj, IObject? old, bool mayPatch, CancellationToken ct)
    {
        if (request.Options.IsDryRun && !hook.TakesDryRuns)
            throw ApiException.BadRequest($"admission webhook \"{hook.Name}\" does not support dry run");
        if (hook.ReviewVersion.Length == 0)
            throw new WebhookException(hook, "could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)");

        var uid = chance.Uid();
        var question = ReviewBody.Question(hook, uid, request, form, obj, old);
        var answer = await SendAsync(hook, question, ct);
        return ReviewBody.Answer(hook, uid, answer, mayPatch);
    }

    /// <summary>Tells the client and the audit log what the webhook wants them to know. May be called from several threads.</summary>
    private static void Note(Webhook hook, AdmissionRequest request, AdmissionResponse response)
    {
        foreach (var (key, value) in response.AuditAnnotations)
            request.Annotate($"{hook.Name}/{key}", value);
        lock (request)
        {
            foreach (var warning in response.Warnings)
                request.Options.Warn(warning);
        }
    }

    private async Task<byte[]> SendAsync(Webhook hook, byte[] question, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(hook.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var url = string.Create(CultureInfo.InvariantCulture, $"{WebhookAddress.UrlOf(hook.Target)}?timeout={hook.Timeout.TotalSeconds:0}s");
        try
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(url))
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
                Content = new ByteArrayContent(question) { Headers = { ContentType = new("application/json") } },
            };
            post.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            post.Headers.UserAgent.ParseAdd("kube-apiserver-admission");
            using var answer = await clients.For(hook.Target).SendAsync(post, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(answer, either.Token);
            return answer.IsSuccessStatusCode ? body : throw new WebhookException(hook, $"failed to call webhook: {Refusal((int)answer.StatusCode, body)}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new WebhookException(hook, $"failed to call webhook: Post \"{url}\": context deadline exceeded");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException)
        {
            throw new WebhookException(hook, $"failed to call webhook: Post \"{url}\": {DialErrors.Cause(e)}", e);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[4096];
        var length = 0;
        int read;
        while ((read = await body.ReadAsync(bytes.AsMemory(length), ct)) > 0)
        {
            length += read;
            if (length > MostBytes)
                throw new IOException("the answer is too large");
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }

        return bytes[..length];
    }

    private static string Refusal(int code, byte[] body) => code switch
    {
        401 => "the server has asked for the client to provide credentials",
        403 => "forbidden",
        404 => "the server could not find the requested resource",
        405 => "the server does not allow this method on the requested resource",
        429 => "the server has received too many requests and has asked us to try again later",
        500 => $"an error on the server (\"{Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2048))).Trim().Replace("\"", "\\\"", StringComparison.Ordinal)}\") has prevented the request from succeeding",
        503 => "the server is currently unable to handle the request",
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request",
        _ => string.Create(CultureInfo.InvariantCulture, $"the server responded with the status code {code} but did not return more information"),
    };
}
