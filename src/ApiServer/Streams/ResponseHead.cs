using System.Globalization;
using System.Text;

namespace KubeSharp.ApiServer.Streams;

/// <summary>The head of an HTTP/1.1 answer, read byte by byte off a raw connection so that what follows stays on it.</summary>
internal sealed record ResponseHead(int Code, IReadOnlyList<(string Name, string Value)> Headers)
{
    private const int MaxBytes = 32 * 1024;

    public string Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <exception cref="IOException">Not an HTTP answer.</exception>
    public static async Task<ResponseHead> ReadAsync(Stream stream, CancellationToken ct)
    {
        var bytes = new List<byte>(512);
        var one = new byte[1];
        while (!EndsHead(bytes))
        {
            if (bytes.Count == MaxBytes || await stream.ReadAsync(one, ct) == 0)
                throw new IOException("the backend did not answer in HTTP");

            bytes.Add(one[0]);
        }

        return Parse(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static bool EndsHead(List<byte> bytes) => bytes is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'];

    private static ResponseHead Parse(string text)
    {
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0].Split(' ', 3) is not [var version, var code, ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new IOException("the backend did not answer in HTTP");

        return new(number, [.. from line in lines.Skip(1)
                               let colon = line.IndexOf(':', StringComparison.Ordinal)
                               where colon > 0
                               select (line[..colon].Trim(), line[(colon + 1)..].Trim())]);
    }
}
