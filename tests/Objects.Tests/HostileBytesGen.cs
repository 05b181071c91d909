using System.Text;
using CsCheck;

namespace KubeSharp.Objects.Tests;

/// <summary>Bytes that were a valid encoding before something happened to them.</summary>
internal sealed class HostileBytesGen(bool isProtobuf) : Gen<HostileBytesGen.Case>
{
    private static readonly byte[][] Fragments =
    [
        "null"u8.ToArray(), "{}"u8.ToArray(), "[]"u8.ToArray(), "[[[["u8.ToArray(), "{\"\":{\"\":"u8.ToArray(), "1e999"u8.ToArray(), "-1e-999"u8.ToArray(),
        "99999999999999999999999"u8.ToArray(), "-"u8.ToArray(), "\""u8.ToArray(), "\\u"u8.ToArray(), "\"\\ud800\""u8.ToArray(), "\"\\udc00\\ud800\":"u8.ToArray(),
        "\"\":1,\"\":2,"u8.ToArray(), "\"kind\":1,"u8.ToArray(), "\"0001-01-01T00:00:00+14:00\""u8.ToArray(), "\"9999-12-31T23:59:59-14:00\""u8.ToArray(),
        "\"1e99999999999\""u8.ToArray(), "\"=\""u8.ToArray(), "//"u8.ToArray(), ",,"u8.ToArray(),
        [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], [0x0b], [0x0c], [0x0a, 0x7f], [0x0a, 0x00],
    ];

    private static readonly DocumentGen Documents = new();

    public sealed record Case(ApiType Type, byte[] Bytes)
    {
        public override string ToString() => $"{Type}: {Convert.ToHexString(Bytes)} {Encoding.Latin1.GetString(Bytes)}";
    }

    public override Case Generate(PCG pcg, Size? min, out Size size)
    {
        var (type, json) = Documents.Generate(pcg, min, out size);
        var bytes = (isProtobuf ? type.EncodeProtobuf(type.Decode(json)) : Encoding.UTF8.GetBytes(json)).ToList();
        for (var n = pcg.Next(4); n > 0; n--)
            Hurt(bytes, pcg);
        size = new Size((ulong)bytes.Count, size);
        return new(type, [.. bytes]);
    }

    private static void Hurt(List<byte> bytes, PCG pcg)
    {
        var at = (int)pcg.Next((uint)bytes.Count + 1);
        switch (pcg.Next(6))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << (int)pcg.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)pcg.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min((int)pcg.Next(9), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, bytes.Skip((int)pcg.Next((uint)bytes.Count + 1)).Take(40).ToArray());
                break;
            default:
                bytes.InsertRange(at, Fragments[pcg.Next((uint)Fragments.Length)]);
                break;
        }
    }
}
