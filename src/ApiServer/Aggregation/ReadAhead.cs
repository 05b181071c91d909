using System.Text;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Reads a connection in large pieces and hands on what there is; never waits for more than was asked for.</summary>
internal sealed class ReadAhead(Stream inner) : Stream
{
    private const int LongestLine = 16 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether bytes have come that nobody has read.</summary>
    public bool HasMore => _start < _end;

    /// <exception cref="IOException">The connection ended, or the line is too long.</exception>
    public async ValueTask<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (!HasMore && !await FillAsync(ct))
                throw new IOException("unexpected EOF");

            var c = (char)_buffer[_start++];
            if (c == '\n')
                return line.ToString().TrimEnd('\r');
            if (line.Length == LongestLine)
                throw new IOException("line too long");
            line.Append(c);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;
        if (!HasMore)
        {
            if (buffer.Length >= _buffer.Length)
                return await inner.ReadAsync(buffer, cancellationToken);
            if (!await FillAsync(cancellationToken))
                return 0;
        }

        var length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsMemory(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        _start = 0;
        _end = await inner.ReadAsync(_buffer, ct);
        return _end > 0;
    }
}
