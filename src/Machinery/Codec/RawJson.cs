namespace KubeSharp.Machinery;

/// <summary>JSON that is passed through unread: RawExtension, managed fields, a CRD's default.</summary>
/// <remarks>Holds valid JSON (UTF-8) or nothing; nothing is absence, and Go's nil.</remarks>
public readonly struct RawJson(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public bool IsEmpty => Bytes.IsEmpty;
}
