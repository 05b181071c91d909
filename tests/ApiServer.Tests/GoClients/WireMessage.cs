using System.Text;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>A protobuf message read by field numbers alone: it knows nothing of our models, so it cannot share their faults.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    private WireMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add(((int)(tag >> 3), Varint(ref bytes), default));
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    _fields.Add(((int)(tag >> 3), 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} occurs in no Kubernetes message");
            }
        }
    }

    public static WireMessage Read(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Opens the envelope around every object: four bytes and a runtime.Unknown.</summary>
    public static (string Type, WireMessage Object) Open(ReadOnlyMemory<byte> bytes)
    {
        Assert.Equal("k8s\0"u8.ToArray(), bytes[..4].ToArray());
        var unknown = new WireMessage(bytes[4..]);
        return ($"{unknown.Text(1, 1)} {unknown.Text(1, 2)}", unknown.Message(2));
    }

    public WireMessage Message(params ReadOnlySpan<int> path) => new(Bytes(path));

    public string Text(params ReadOnlySpan<int> path) => Encoding.UTF8.GetString(Bytes(path).Span);

    public ulong Number(params ReadOnlySpan<int> path)
    {
        var (number, parent) = (path[^1], path.Length > 1 ? Message(path[..^1]) : this);
        return parent._fields.Last(f => f.Number == number).Value;
    }

    public bool Has(int number) => _fields.Any(f => f.Number == number);

    public IReadOnlyList<WireMessage> All(int number) => [.. _fields.Where(f => f.Number == number).Select(f => new WireMessage(f.Bytes))];

    public ReadOnlyMemory<byte> Bytes(params ReadOnlySpan<int> path)
    {
        var number = path[0];
        var found = _fields.Where(f => f.Number == number).ToList();
        Assert.True(found.Count > 0, $"there is no field {number}");
        return path.Length == 1 ? found[^1].Bytes : new WireMessage(found[^1].Bytes).Bytes(path[1..]);
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes.Span[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
    }
}
