using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Kubelet.Logs;

/// <summary>Reads whole lines of a file that somebody else goes on writing.</summary>
internal sealed class LogFile(SafeFileHandle handle) : IDisposable
{
    private const int Chunk = 64 * 1024;

    private byte[] _buffer = new byte[Chunk];
    private int _filled;
    private long _position;

    public static LogFile Open(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Goes to the start of the last <paramref name="lines"/> lines.</summary>
    public void SeekToTail(long lines)
    {
        var end = RandomAccess.GetLength(handle);
        var (position, found) = (end, 0L);
        var buffer = new byte[Chunk];
        while (position > 0)
        {
            var size = (int)Math.Min(Chunk, position);
            position -= size;
            var read = RandomAccess.Read(handle, buffer.AsSpan(0, size), position);
            for (var i = read - 1; i >= 0; i--)
            {
                // The newline that ends the file ends its last line; it does not begin another.
                if (buffer[i] != '\n' || position + i == end - 1)
                    continue;
                if (++found == lines)
                {
                    _position = position + i + 1;
                    return;
                }
            }
        }

        _position = lines == 0 ? end : 0;
    }

    /// <summary>Gives each complete line there is now to the filter, until one chunk is used up or the filter is full.</summary>
    /// <returns>Whether anything was read.</returns>
    public async ValueTask<bool> ReadAsync(LogFilter filter, CancellationToken ct)
    {
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await RandomAccess.ReadAsync(handle, _buffer.AsMemory(_filled), _position, ct);
        if (read == 0)
            return false;

        _position += read;
        _filled += read;
        var start = 0;
        while (!filter.IsFull && _buffer.AsSpan(start, _filled - start).IndexOf((byte)'\n') is var length and >= 0)
        {
            filter.Write(_buffer.AsSpan(start, length));
            start += length + 1;
        }

        _buffer.AsSpan(start, _filled - start).CopyTo(_buffer);
        _filled -= start;
        return true;
    }

    public void Dispose() => handle.Dispose();
}
