namespace KubeSharp.ApiServer.Encryption;

/// <summary>One way to store a value so that only who has a key can read it. Thread-safe.</summary>
internal interface ITransformer
{
    /// <param name="stored">What the store holds, without the prefixes that led here.</param>
    /// <param name="key">The place in the store: the ciphers that can do so refuse a value that was moved elsewhere.</param>
    /// <exception cref="TransformException">It was not written so, or not with a key of this transformer.</exception>
    ValueTask<Plain> ReadAsync(ReadOnlyMemory<byte> stored, string key, CancellationToken ct);

    /// <param name="prefix">Goes before what is written.</param>
    /// <exception cref="TransformException">There is no key to write with.</exception>
    ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> prefix, ReadOnlyMemory<byte> value, string key);
}

/// <param name="IsStale">It would be written otherwise today.</param>
internal readonly record struct Plain(ReadOnlyMemory<byte> Value, bool IsStale);

/// <summary>A stored value cannot be read, or a new one not written, with the keys there are.</summary>
internal sealed class TransformException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>For metrics: the code of the call to a key service that failed, in gRPC's words.</summary>
    public string Code { get; init; } = "unknown-non-grpc";
}
