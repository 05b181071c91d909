using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.InProcess;

/// <summary>The answering side of one in-process request: what a server's connection is to a request from outside.</summary>
internal sealed class Exchange : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
{
    private readonly Pipe _pipe = new(new(useSynchronizationContext: false));
    private readonly CancellationTokenSource _aborted;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _completed = new();

    public Exchange(CancellationToken ct)
    {
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(ct);
        RequestAborted = _aborted.Token;
        Writer = new StartingWriter(_pipe.Writer, this);
        Body = Stream = Writer.AsStream();
    }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; }

    public bool HasStarted { get; private set; }

    public Stream Stream { get; }

    public PipeWriter Writer { get; }

    public PipeReader Reader => _pipe.Reader;

    public CancellationToken RequestAborted { get; set; }

    public bool IsAborted => _aborted.IsCancellationRequested;

    /// <summary>Ends when status and headers are final.</summary>
    public Task Started => _started.Task;

    /// <summary>Never fails: what goes wrong is seen by the reader of the body.</summary>
    public async Task RunAsync(RequestDelegate pipeline, HttpContext context)
    {
        Exception? fault = null;
        try
        {
            await pipeline(context);
            if (!IsAborted)
                await StartAsync(RequestAborted);
        }
        catch (Exception e)
        {
            fault = e; // told to whoever reads the answer
        }

        if (fault is null && IsAborted)
            fault = new IOException("the request was aborted");
        await _pipe.Writer.CompleteAsync(fault);
        while (_completed.TryPop(out var done))
            await done.Callback(done.State);
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
            return;

        while (_starting.TryPop(out var begin))
            await begin.Callback(begin.State);
        HasStarted = true;
        _started.TrySetResult();
    }

    public void Abort() => _aborted.Cancel();

    public Task CompleteAsync() => StartAsync();

    public void DisableBuffering()
    {
    }

    public void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        file.Seek(offset, SeekOrigin.Begin);
        await file.CopyToAsync(Stream, cancellationToken);
    }

    /// <summary>The first flush sends the head of the answer.</summary>
    private sealed class StartingWriter(PipeWriter inner, Exchange exchange) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            // The exchange completes the pipe when the pipeline is through.
        }

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await exchange.StartAsync(cancellationToken);
            var result = await inner.FlushAsync(cancellationToken);
            if (result.IsCompleted)
                throw new OperationCanceledException("the reader of the answer is gone");

            return result;
        }
    }
}
