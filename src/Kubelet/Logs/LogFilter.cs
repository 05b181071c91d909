using System.Buffers;
using System.Text;

namespace KubeSharp.Kubelet.Logs;

/// <summary>Turns the runtime's lines into what the reader asked for; remembers whether the last line was cut, and how much is left to write.</summary>
internal sealed class LogFilter(LogOptions options, IBufferWriter<byte> output)
{
    private readonly byte[] _stream = Encoding.ASCII.GetBytes(options.Stream);
    private long _left = options.LimitBytes ?? long.MaxValue;
    private bool _isContinued;

    /// <summary>Whether the limit is reached: nothing more will be written.</summary>
    public bool IsFull => _left <= 0;

    /// <param name="line">Without its end of line.</param>
    public void Write(ReadOnlySpan<byte> line)
    {
        if (!LogLine.TryParse(line, out var parsed))
            return; // a broken line (a crash in its middle) is passed over, as upstream
        if (_stream.Length > 0 && !parsed.Stream.SequenceEqual(_stream))
            return;
        if (options.Since is { } since && parsed.ParsedTime() is { } time && time < since)
            return;

        if (options.Timestamps && !_isContinued)
            Put(Encoding.ASCII.GetBytes(parsed.FixedTime() + " "));
        Put(parsed.Text);
        if (!parsed.IsPartial)
            Put("\n"u8);
        _isContinued = parsed.IsPartial;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _left)
            bytes = bytes[..(int)_left];
        output.Write(bytes);
        _left -= bytes.Length;
    }
}
