using System.Globalization;
using KubeSharp.ApiServer.Streams;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>The body of an HTTP/1.1 answer on a connection (RFC 9112, 6.3): it says by itself where it ends.</summary>
internal sealed class AnswerBody
{
    private readonly ReadAhead _from;
    private readonly bool _isChunked;

    /// <summary>How much of the body, or of its present chunk, is still to come; negative: until the connection ends.</summary>
    private long _left;
    private bool _isFirstChunk = true;

    /// <exception cref="IOException">The head contradicts itself.</exception>
    public AnswerBody(ReadAhead from, ResponseHead head, bool isOfHead)
    {
        _from = from;
        var length = head.Header("Content-Length");
        Length = length.Length == 0 ? null
            : long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told
            : throw new IOException($"bad Content-Length \"{length}\"");
        if (isOfHead || head.Code is 204 or 304 or < 200)
            IsAtEnd = true;
        else if (head.Header("Transfer-Encoding").Contains("chunked", StringComparison.OrdinalIgnoreCase))
            (_isChunked, Length) = (true, null);
        else
            (_left, IsAtEnd) = (Length ?? -1, Length == 0);
        EndsConnection = (!IsAtEnd && !_isChunked && Length is null) || head.Header("Connection").Contains("close", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>In bytes, where the answer says so.</summary>
    public long? Length { get; }

    public bool IsAtEnd { get; private set; }

    /// <summary>Whether the connection is of no use after it.</summary>
    public bool EndsConnection { get; }

    /// <returns>0 at the end.</returns>
    /// <exception cref="IOException">The connection ended within the body.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        if (!IsAtEnd && _isChunked && _left == 0)
            await NextChunkAsync(ct);
        if (IsAtEnd)
            return 0;

        var read = await _from.ReadAsync(_left > 0 && _left < buffer.Length ? buffer[..(int)_left] : buffer, ct);
        if (read == 0 && _left > 0)
            throw new IOException("unexpected EOF");
        if (_left > 0)
            _left -= read;
        IsAtEnd = read == 0 || (_left == 0 && !_isChunked);
        return read;
    }

    private async ValueTask NextChunkAsync(CancellationToken ct)
    {
        if (!_isFirstChunk && (await _from.ReadLineAsync(ct)).Length > 0)
            throw new IOException("malformed chunked encoding");

        _isFirstChunk = false;
        var line = await _from.ReadLineAsync(ct);
        var extension = line.IndexOf(';', StringComparison.Ordinal);
        var size = extension < 0 ? line : line[..extension];
        if (!long.TryParse(size.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
            throw new IOException("malformed chunked encoding");
        if (_left > 0)
            return;

        while ((await _from.ReadLineAsync(ct)).Length > 0)
        {
            // trailers: nobody here asks for them
        }

        IsAtEnd = true;
    }
}
