using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace KubeSharp.Client.Http;

/// <summary>The lines of a watch response, one change each. Single reader.</summary>
/// <remarks>Memory is bounded by <see cref="LongestLine"/>: the stream is read no faster than changes are taken.</remarks>
internal sealed class WatchStream<T>(Stream body) : IAsyncDisposable
    where T : class, IObject<T>
{
    /// <summary>Well above the largest object a server stores.</summary>
    private const int LongestLine = 32 << 20;

    private readonly PipeReader _reader = PipeReader.Create(body, new(bufferSize: 16 << 10));

    /// <summary>The next change, or <see langword="null"/> at the end of the stream.</summary>
    /// <exception cref="ApiException">The server ended the watch with an error, as 410 for a version too old.</exception>
    /// <exception cref="IOException">The connection broke, or what arrives is no watch.</exception>
    public async ValueTask<WatchChange<T>?> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(ct);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (Take(buffer.Slice(0, end), buffer.GetPosition(1, end)) is { } change)
                    return change;

                continue;
            }

            if (read.IsCompleted)
                return Take(buffer, buffer.End); // the last line needs no line feed

            if (buffer.Length > LongestLine)
                throw new IOException($"a watch event is longer than {LongestLine} bytes");

            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    /// <returns><see langword="null"/> for an empty line.</returns>
    private WatchChange<T>? Take(ReadOnlySequence<byte> line, SequencePosition consumed)
    {
        try
        {
            return line.Length > 1 ? Decode(line) : null;
        }
        finally
        {
            _reader.AdvanceTo(consumed);
        }
    }

    private static WatchChange<T> Decode(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return Decode(line.FirstSpan);

        var whole = ArrayPool<byte>.Shared.Rent((int)line.Length);
        try
        {
            line.CopyTo(whole);
            return Decode(whole.AsSpan(0, (int)line.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static WatchChange<T> Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Json.ReaderOptions);
            return Decode(ref reader);
        }
        catch (Exception e) when (e is DecodeException or JsonException or InvalidOperationException or FormatException)
        {
            throw new IOException($"a watch event of {T.Type.QualifiedPlural} cannot be read: {e.Message}", e);
        }
    }

    private static WatchChange<T> Decode(ref Utf8JsonReader reader)
    {
        var type = "";
        var at = default(Utf8JsonReader); // where the object begins, should it come before the type
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = !isType && reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                type = TypeName(ref reader);
            }
            else if (isObject && type.Length > 0)
            {
                return Change(type, ref reader);
            }
            else
            {
                if (isObject)
                    at = reader;
                reader.Skip();
            }
        }

        return at.TokenType == JsonTokenType.StartObject ? Change(type, ref at) : throw new DecodeException("it has no object");
    }

    private static string TypeName(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("MODIFIED"u8) ? "MODIFIED"
        : reader.ValueTextEquals("ADDED"u8) ? "ADDED"
        : reader.ValueTextEquals("DELETED"u8) ? "DELETED"
        : reader.ValueTextEquals("BOOKMARK"u8) ? "BOOKMARK"
        : reader.GetString() ?? "";

    private static WatchChange<T> Change(string type, ref Utf8JsonReader reader) => type switch
    {
        "ADDED" => new(WatchChangeType.Added, T.ReadJson(ref reader, DecodeContext.Lenient)),
        "MODIFIED" => new(WatchChangeType.Modified, T.ReadJson(ref reader, DecodeContext.Lenient)),
        "DELETED" => new(WatchChangeType.Deleted, T.ReadJson(ref reader, DecodeContext.Lenient)),
        "BOOKMARK" => new(WatchChangeType.Bookmark, T.ReadJson(ref reader, DecodeContext.Lenient)),
        "ERROR" => throw new ApiException(Status.ReadJson(ref reader, DecodeContext.Lenient)),
        _ => throw new DecodeException($"unknown type \"{type}\""),
    };
}
