using System.IO.Compression;
using System.Text;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>What the built-in types and fields mean, in the words that <c>kubectl explain</c> prints.</summary>
/// <remarks>
/// Packed into the binary by eng/Descriptions; a line a type. Unpacked when a document is written and given back to the collector after:
/// documents are written once, so a thousand resident strings would serve nobody.
/// </remarks>
internal sealed class Descriptions
{
    private static readonly WeakReference<Descriptions?> Unpacked = new(null);

    /// <summary>The unpacked lines, and where each type's is.</summary>
    private readonly byte[] _text;
    private readonly Dictionary<string, Range> _lines = new(StringComparer.Ordinal);

    private Descriptions(byte[] text)
    {
        _text = text;
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? text.Length : start + length;
            var line = text.AsSpan(start, end - start);
            var name = line.IndexOf((byte)'\t');
            if (name > 0)
                _lines[Encoding.UTF8.GetString(line[..name])] = (start + name + 1)..end;
            start = end + 1;
        }
    }

    public static Descriptions Current
    {
        get
        {
            if (Unpacked.TryGetTarget(out var known))
                return known;

            var made = new Descriptions(Unpack());
            Unpacked.SetTarget(made);
            return made;
        }
    }

    /// <summary>The texts of a type: its own under the empty name, and those of its fields; empty for what is not built in.</summary>
    /// <param name="type">OpenAPI's name: <c>io.k8s.api.core.v1.PodSpec</c>.</param>
    public IReadOnlyDictionary<string, string> Of(string type)
    {
        if (!_lines.TryGetValue(type, out var range))
            return System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

        var cells = Encoding.UTF8.GetString(_text.AsSpan(range)).Split('\t');
        var texts = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = Unescape(cells[0]) };
        for (var i = 1; i + 1 < cells.Length; i += 2)
            texts[cells[i]] = Unescape(cells[i + 1]);
        return texts;
    }

    private static byte[] Unpack()
    {
        using var resource = typeof(Descriptions).Assembly.GetManifestResourceStream("descriptions.br")
            ?? throw new InvalidOperationException("the resource descriptions.br is missing from the assembly");
        using var lines = new BrotliStream(resource, CompressionMode.Decompress);
        var text = new MemoryStream(1024 * 1024);
        lines.CopyTo(text);
        return text.ToArray();
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] switch
            {
                'n' => '\n',
                't' => '\t',
                var other => other,
            });
        }

        return plain.ToString();
    }
}
