using System.IO.Compression;
using System.Text;

namespace KubeSharp.Objects.Tests;

/// <summary>
/// Objects of every stable kind, filled by chance in Go and written by client-go's own codecs (tests/Interop/go, `goclient fill`): nothing set, everything set, and half of
/// it, with empty lists, zero times, odd quantities and texts. We read what Go wrote as Go itself reads it, and write the bytes that it writes.
/// </summary>
public sealed class GoWireTests
{
    private static readonly Lazy<IReadOnlyList<GoObject>> Objects = new(Read);

    public static TheoryData<string> Kinds { get; } = [.. Objects.Value.Select(o => o.Kind).Distinct()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void We_read_and_write_as_Go_does(string kind)
    {
        var type = TypeOf(kind);
        var all = Objects.Value.Where(o => o.Kind == kind).ToList();
        Assert.Equal(["empty", "full", "some", "few"], all.Select(o => o.Filling));
        foreach (var go in all)
        {
            var context = DecodeContext.Strict();
            var fromJson = type.Decode(Encoding.UTF8.GetBytes(go.Json), context);
            Assert.Empty(context.Findings);
            Assert.Equal(go.JsonReadAgain, type.Text(fromJson));
            if (go.Protobuf.Length == 0)
                continue; // tables, and what has no message

            var envelope = Protobuf.Open(go.Protobuf);
            var fromProtobuf = type.DecodeProtobuf(go.Protobuf);
            Assert.Equal(go.ProtobufAsJson.Replace($"{{\"kind\":\"{envelope.Kind}\",\"apiVersion\":\"{envelope.ApiVersion}\"", "{", StringComparison.Ordinal).Replace("{,", "{", StringComparison.Ordinal), type.Text(fromProtobuf));
            Assert.Equal(Convert.ToHexString(go.Protobuf), Convert.ToHexString(InEnvelopeOf(envelope, type.EncodeProtobuf(fromProtobuf))));
            Assert.Equal(Convert.ToHexString(go.JsonAsProtobuf), Convert.ToHexString(InEnvelopeOf(envelope, type.EncodeProtobuf(fromJson))));
        }
    }

    [Fact]
    public void No_stable_group_is_without_objects() => Assert.InRange(Kinds.Count, 120, 250);

    private static byte[] InEnvelopeOf(Protobuf.Envelope go, byte[] ours) => Protobuf.Wrap(Protobuf.Open(ours).Message.ToArray(), go.ApiVersion, go.Kind);

    private static ApiType TypeOf(string kind)
    {
        var (group, rest) = (kind[..kind.IndexOf('/', StringComparison.Ordinal)], kind[(kind.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        var name = $".{(group.Length == 0 ? "core" : group.Split('.')[0])}.{rest}";
        return Find(name) ?? Find($".meta.v1{rest[rest.IndexOf('.', StringComparison.Ordinal)..]}") ?? throw new InvalidOperationException($"{kind} is not generated");
    }

    private static ApiType? Find(string name) => ApiType.All.FirstOrDefault(t => t.Name.EndsWith(name, StringComparison.Ordinal));

    private static List<GoObject> Read()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "goclient", "objects.tsv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var all = new List<GoObject>();
        while (reader.ReadLine() is { } line)
            all.Add(GoObject.Parse(line));
        return all;
    }

    /// <summary>One object in Go's own words. What became another on a journey through a codec is there twice.</summary>
    private sealed record GoObject(string Kind, string Filling, string Json, byte[] Protobuf, string ProtobufAsJson, byte[] JsonAsProtobuf, string JsonReadAgain)
    {
        public static GoObject Parse(string line)
        {
            var cells = line.Split('\t');
            var (slash, json) = (cells[0].LastIndexOf('/'), cells[1]);
            var (kind, filling) = (cells[0][..slash], cells[0][(slash + 1)..]);
            if (cells.Length == 2)
                return new(kind, filling, json, [], json, [], json);

            var message = Convert.FromBase64String(cells[2]);
            return new(kind, filling, json, message,
                cells[3].Length > 0 ? cells[3] : json,
                cells[4].Length > 0 ? Convert.FromBase64String(cells[4]) : message,
                cells[5].Length > 0 ? cells[5] : json);
        }
    }
}
