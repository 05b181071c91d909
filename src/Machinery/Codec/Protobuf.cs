using System.Text;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>The entry points of <c>application/vnd.kubernetes.protobuf</c>: four magic bytes and a runtime.Unknown around the message.</summary>
public static class Protobuf
{
    private static ReadOnlySpan<byte> Magic => [0x6b, 0x38, 0x73, 0x00];

    /// <summary>The envelope's kind, apiVersion and message.</summary>
    public readonly ref struct Envelope
    {
        public string ApiVersion { get; init; }

        public string Kind { get; init; }

        public ReadOnlySpan<byte> Message { get; init; }
    }

    public static bool HasMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <exception cref="DecodeException">Not a protobuf body of Kubernetes.</exception>
    public static Envelope Open(ReadOnlySpan<byte> bytes)
    {
        if (!HasMagic(bytes))
            throw new DecodeException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");

        try
        {
            var (apiVersion, kind) = ("", "");
            ReadOnlySpan<byte> message = default;
            var reader = new ProtoReader(bytes[4..]);
            while (reader.Next(out var field))
            {
                if (field == 1)
                    (apiVersion, kind) = TypeMeta(reader.Bytes());
                else if (field == 2)
                    message = reader.Bytes();
                else
                    reader.Skip();
            }

            return new() { ApiVersion = apiVersion, Kind = kind, Message = message };
        }
        catch (ArgumentException e)
        {
            throw new DecodeException("proto: invalid UTF-8", e);
        }
    }

    /// <exception cref="DecodeException">The bytes are not this message.</exception>
    public static T DecodeMessage<T>(ReadOnlySpan<byte> message)
        where T : class, IApiType<T>
    {
        try
        {
            return T.ReadProto(message);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or OverflowException or InvalidOperationException)
        {
            throw new DecodeException("proto: " + e.Message, e);
        }
    }

    public static T Decode<T>(ReadOnlySpan<byte> bytes)
        where T : class, IApiType<T> => DecodeMessage<T>(Open(bytes).Message);

    public static byte[] EncodeMessage<T>(T value)
        where T : class, IApiType<T>
    {
        var writer = new ProtoWriter();
        value.WriteProto(writer);
        return writer.Written.ToArray();
    }

    public static byte[] Encode<T>(T value, string apiVersion, string kind)
        where T : class, IApiType<T> => Wrap(EncodeMessage(value), apiVersion, kind);

    /// <summary>Puts an encoded message into its envelope.</summary>
    public static byte[] Wrap(ReadOnlyMemory<byte> message, string apiVersion, string kind)
    {
        var writer = new ProtoWriter();
        var mark = writer.BeginMessage(1);
        writer.Text(1, apiVersion);
        writer.Text(2, kind);
        writer.EndMessage(mark);
        writer.Bytes(2, message);
        writer.Text(3, "");
        writer.Text(4, "");
        return [.. Magic, .. writer.Written];
    }

    private static (string ApiVersion, string Kind) TypeMeta(ReadOnlySpan<byte> bytes)
    {
        var (apiVersion, kind) = ("", "");
        var reader = new ProtoReader(bytes);
        while (reader.Next(out var field))
        {
            if (field == 1)
                apiVersion = Encoding.UTF8.GetString(reader.Bytes());
            else if (field == 2)
                kind = Encoding.UTF8.GetString(reader.Bytes());
            else
                reader.Skip();
        }

        return (apiVersion, kind);
    }
}
