using System.Diagnostics;
using KubeSharp.ApiServer.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.InProcess;

/// <summary>Runs requests of this process through the server's own pipeline, without a socket. Bodies of answers stream.</summary>
/// <param name="user">Who all requests of this handler come from; impersonation headers still work.</param>
public sealed class InProcessHandler(RequestDelegate pipeline, Identity user) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = new Exchange(cancellationToken);
        var context = await ContextOfAsync(request, exchange, cancellationToken);
        var run = exchange.RunAsync(pipeline, context);

        // The answer begins with the first flush, or at the latest when the pipeline is through.
        await Task.WhenAny(exchange.Started, run);
        if (!exchange.Started.IsCompletedSuccessfully)
        {
            await run;
            cancellationToken.ThrowIfCancellationRequested();
            if (exchange.IsAborted)
                throw new HttpRequestException("the request was aborted by the server");
        }

        return ResponseOf(request, context, exchange, run);
    }

    private async Task<HttpContext> ContextOfAsync(HttpRequestMessage request, Exchange exchange, CancellationToken ct)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("a request needs an address");
        var feature = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Scheme = uri.IsAbsoluteUri ? uri.Scheme : "https",
            Protocol = "HTTP/2",
            RawTarget = uri.IsAbsoluteUri ? uri.PathAndQuery : uri.OriginalString,
        };
        var target = feature.RawTarget;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        feature.Path = Unescape(mark < 0 ? target : target[..mark]);
        feature.QueryString = mark < 0 ? "" : target[mark..];
        foreach (var (name, values) in request.Headers)
            feature.Headers.Append(name, values.ToArray());
        // As HttpClient does it on a wire: a request made while one is traced belongs to it.
        if (Activity.Current is { Recorded: true, Id: { } span } && !feature.Headers.ContainsKey("traceparent"))
            feature.Headers.TraceParent = span;
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers)
                feature.Headers[name] = values.ToArray();
            feature.Body = await content.ReadAsStreamAsync(ct);
            if (content.Headers.ContentLength is { } length)
                feature.Headers.ContentLength = length;
        }

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(feature);
        features.Set<IHttpResponseFeature>(exchange);
        features.Set<IHttpResponseBodyFeature>(exchange);
        features.Set<IHttpRequestLifetimeFeature>(exchange);
        features.Set(new InProcessIdentity(user));
        return new DefaultHttpContext(features);
    }

    /// <summary>As Kestrel does it: an escaped slash stays escaped, for it is part of a name.</summary>
    private static string Unescape(string path) =>
        path.Contains('%', StringComparison.Ordinal)
            ? string.Join("%2F", path.Split(["%2F", "%2f"], StringSplitOptions.None).Select(Uri.UnescapeDataString))
            : path;

    private static HttpResponseMessage ResponseOf(HttpRequestMessage request, HttpContext context, Exchange exchange, Task run)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)context.Response.StatusCode)
        {
            RequestMessage = request,
            Version = System.Net.HttpVersion.Version20,
            Content = new StreamContent(new AnswerStream(exchange, run)),
        };
        foreach (var (name, values) in context.Response.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                response.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return response;
    }

    /// <summary>The body as it comes; giving it up cancels the request.</summary>
    private sealed class AnswerStream(Exchange exchange, Task run) : Stream
    {
        private readonly Stream _inner = exchange.Reader.AsStream(leaveOpen: false);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await _inner.ReadAsync(buffer, cancellationToken);
            if (read == 0 && buffer.Length > 0)
                await run;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (!run.IsCompleted)
                    exchange.Abort();
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
