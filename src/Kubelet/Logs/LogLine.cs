using System.Globalization;
using System.Text;

namespace KubeSharp.Kubelet.Logs;

/// <summary>A line as the runtime writes it: <c>2016-10-06T00:17:09.669794202Z stdout F text</c>.</summary>
/// <remarks><c>P</c> in the third column: the runtime cut a long line here, the next one goes on with it.</remarks>
internal readonly ref struct LogLine(ReadOnlySpan<byte> time, ReadOnlySpan<byte> stream, bool isPartial, ReadOnlySpan<byte> text)
{
    private const int NanosecondDigits = 9;

    public ReadOnlySpan<byte> Time { get; } = time;

    public ReadOnlySpan<byte> Stream { get; } = stream;

    public bool IsPartial { get; } = isPartial;

    public ReadOnlySpan<byte> Text { get; } = text;

    /// <param name="line">Without its end of line.</param>
    /// <returns>Whether it is such a line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogLine result)
    {
        result = default;
        var first = line.IndexOf((byte)' ');
        if (first <= 0)
            return false;

        var rest = line[(first + 1)..];
        var second = rest.IndexOf((byte)' ');
        if (second <= 0)
            return false;

        // The tag column may hold several tags with colons between them; the first says P or F. A line without text has no third space.
        var tagged = rest[(second + 1)..];
        if (tagged.IsEmpty)
            return false;

        var third = tagged.IndexOf((byte)' ');
        result = new(line[..first], rest[..second], tagged[0] == 'P', third < 0 ? [] : tagged[(third + 1)..]);
        return true;
    }

    public DateTimeOffset? ParsedTime() =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(Time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The time with always nine digits behind the point, in UTC, as kubectl's users see it.</summary>
    public string FixedTime()
    {
        var text = Encoding.ASCII.GetString(Time);
        var zone = text.AsSpan(Math.Min(text.Length, 19)).IndexOfAny('Z', '+', '-') is var at and >= 0 ? at + 19 : text.Length;
        var fraction = zone > 20 ? text[20..zone] : "";
        return zone < 19 ? text : $"{text[..19]}.{fraction.PadRight(NanosecondDigits, '0')}{text[zone..]}";
    }
}
