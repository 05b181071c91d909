using KubeSharp.ApiServer.Streams;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>An aggregated server's answer whose body is still on the connection. Disposed, it gives the connection back if it was read to its end.</summary>
internal sealed class RemoteAnswer(ResponseHead head, AnswerBody body, RemoteConnection connection, Sending sending, Func<RemoteConnection, ValueTask> giveBack) : IAsyncDisposable
{
    public ResponseHead Head => head;

    public AnswerBody Body => body;

    /// <summary>The whole body.</summary>
    /// <exception cref="IOException">It is larger than it may be, or does not come to its end.</exception>
    public async Task<byte[]> ReadAllAsync(int most, CancellationToken ct)
    {
        var bytes = new byte[Math.Min(body.Length ?? 4096, most) + 1];
        var length = 0;
        while (await body.ReadAsync(bytes.AsMemory(length), ct) is > 0 and var read)
        {
            length += read;
            if (length > most)
                throw new IOException("the answer is too large");
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }

        return bytes[..length];
    }

    public async ValueTask DisposeAsync()
    {
        using var _ = sending;
        if (body.IsAtEnd && !body.EndsConnection && sending.IsDone && !connection.Input.HasMore)
        {
            await giveBack(connection);
            return;
        }

        await sending.StopAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>The writing of a request's body, which goes on while the answer is read.</summary>
internal sealed class Sending : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _task;

    public Sending(RemoteRequest request, Stream to, CancellationToken ct)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _task = request.WriteBodyAsync(to, _stop.Token);
    }

    public bool IsDone => _task.IsCompletedSuccessfully;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();
}
