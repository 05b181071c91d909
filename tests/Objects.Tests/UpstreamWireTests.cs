using System.IO.Compression;
using System.Text;

namespace KubeSharp.Objects.Tests;

/// <summary>
/// Upstream's own recordings of every kind with every field set, as JSON and as protobuf (k8s.io/api, testdata/v1.36.0, repacked as a
/// table). Ours must be theirs to the byte, in both directions.
/// </summary>
public sealed class UpstreamWireTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, (string Json, byte[] Protobuf)>> Recordings = new(Read);

    public static TheoryData<string> Kinds { get; } = [.. Recordings.Value.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Is_theirs_to_the_byte(string kind)
    {
        var (json, protobuf) = Recordings.Value[kind];
        var type = TypeOf(kind);
        var context = DecodeContext.Strict();

        var fromJson = type.Decode(Encoding.UTF8.GetBytes(json), context);
        Assert.Empty(context.Findings);
        Assert.Equal(json, type.Text(fromJson));

        var envelope = Protobuf.Open(protobuf);
        Assert.EndsWith(envelope.Kind, kind, StringComparison.Ordinal);
        var fromProtobuf = type.DecodeProtobuf(protobuf);
        Assert.Equal(json.Replace($"{{\"kind\":\"{envelope.Kind}\",\"apiVersion\":\"{envelope.ApiVersion}\",", "{", StringComparison.Ordinal), type.Text(fromProtobuf));

        Assert.Equal(Convert.ToHexString(protobuf), Convert.ToHexString(Envelope(type.EncodeProtobuf(fromJson), envelope.ApiVersion, envelope.Kind)));
    }

    [Fact]
    public void No_served_group_is_without_recordings() => Assert.InRange(Kinds.Count, 90, 200);

    private static byte[] Envelope(byte[] encoded, string apiVersion, string kind) => Protobuf.Wrap(Protobuf.Open(encoded).Message.ToArray(), apiVersion, kind);

    private static ApiType TypeOf(string kind)
    {
        var parts = kind.Split('.');
        var name = $"{parts[0] switch { "internal" => "apiserverinternal", var g => g }}.{parts[^2]}.{parts[^1]}";
        // The options and Status belong to meta, though every group says them with its own version.
        return Find(name) ?? Find($"meta.v1.{parts[^1]}") ?? throw new InvalidOperationException($"{kind} is not generated");
    }

    private static ApiType? Find(string name) => ApiType.All.FirstOrDefault(t => t.Name.EndsWith("." + name, StringComparison.Ordinal));

    private static Dictionary<string, (string Json, byte[] Protobuf)> Read()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "wire", "v1.36.0.tsv.br"));
        using var reader = new StreamReader(new BrotliStream(file, CompressionMode.Decompress));
        var all = new Dictionary<string, (string, byte[])>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            all.Add(cells[0], (cells[1], Convert.FromBase64String(cells[2])));
        }

        return all;
    }
}
