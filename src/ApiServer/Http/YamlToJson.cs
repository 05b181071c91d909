using System.Buffers;
using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace KubeSharp.ApiServer.Http;

/// <summary>Turns one YAML document into JSON bytes, as YAML 1.1 means its plain scalars (<c>yes</c> is true).</summary>
/// <remarks>Aliases are replayed, but all they make together is bounded: a few nested ones could otherwise fill the memory.</remarks>
internal sealed class YamlToJson
{
    private const int MaxEvents = 500_000;
    private const int MaxDepth = 200;

    /// <summary>Bytes of JSON: a long text may be repeated by aliases that cost nothing.</summary>
    private const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>The stream and the document are levels of their own.</summary>
    private const int DocumentDepth = 2;

    private static readonly SearchValues<char> FloatLetters = SearchValues.Create("0123456789.eE+-");

    private readonly List<ParsingEvent> _events = [];
    private readonly Dictionary<string, int> _anchors = new(StringComparer.Ordinal);
    private readonly Utf8JsonWriter _writer;
    private int _written;

    private YamlToJson(Utf8JsonWriter writer) => _writer = writer;

    /// <exception cref="DecodeException">Not YAML, or more than one can take in.</exception>
    public static byte[] Convert(ReadOnlySpan<byte> yaml)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, yaml.Length));
        try
        {
            using var writer = new Utf8JsonWriter(buffer, Json.WriterOptions);
            new YamlToJson(writer).Run(System.Text.Encoding.UTF8.GetString(yaml));
        }
        catch (YamlException e)
        {
            throw new DecodeException($"error converting YAML to JSON: yaml: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's way of saying that its input ended in the middle of something, or that a tag is none.
            throw new DecodeException($"error converting YAML to JSON: yaml: {e.Message}", e);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Run(string text)
    {
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        var depth = 0;
        while (parser.MoveNext())
        {
            // Asked here and not only where it is written: the parser's work grows with the square of the depth.
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth + DocumentDepth)
                throw TooMuch();
            switch (parser.Current)
            {
                case StreamStart or DocumentStart or StreamEnd:
                    break;
                case DocumentEnd:
                    Write(0, 0);
                    return;
                case { } any:
                    if (_events.Count == MaxEvents)
                        throw TooMuch();
                    _events.Add(any);
                    break;
            }
        }

        throw new DecodeException("unexpected end of YAML input");
    }

    /// <returns>The index of the event after the node.</returns>
    private int Write(int at, int depth)
    {
        if (++_written > MaxEvents || depth > MaxDepth || _writer.BytesCommitted + _writer.BytesPending > MaxBytes)
            throw TooMuch();
        if (at >= _events.Count)
        {
            _writer.WriteNullValue();
            return at;
        }

        if (_events[at] is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = at;

        switch (_events[at])
        {
            case MappingStart:
                return WriteMapping(at + 1, depth);
            case SequenceStart:
                _writer.WriteStartArray();
                for (at++; _events[at] is not SequenceEnd;)
                    at = Write(at, depth + 1);
                _writer.WriteEndArray();
                return at + 1;
            case Scalar scalar:
                WriteScalar(scalar);
                return at + 1;
            case YamlDotNet.Core.Events.AnchorAlias alias:
                Write(Target(alias), depth + 1);
                return at + 1;
            default:
                throw new DecodeException("yaml: unexpected " + _events[at]);
        }
    }

    private int WriteMapping(int at, int depth)
    {
        _writer.WriteStartObject();
        while (_events[at] is not MappingEnd)
        {
            if (_events[at] is not Scalar key)
                throw new DecodeException("yaml: a key must be a scalar");

            _writer.WritePropertyName(key.Value);
            at = Write(at + 1, depth + 1);
        }

        _writer.WriteEndObject();
        return at + 1;
    }

    private int Target(YamlDotNet.Core.Events.AnchorAlias alias) => _anchors.TryGetValue(alias.Value.Value, out var target)
        ? target
        : throw new DecodeException($"yaml: unknown anchor '{alias.Value.Value}' referenced");

    private void WriteScalar(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal)))
        {
            _writer.WriteStringValue(text);
            return;
        }

        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                _writer.WriteNullValue();
                return;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y":
                _writer.WriteBooleanValue(true);
                return;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N":
                _writer.WriteBooleanValue(false);
                return;
        }

        if (!WriteNumber(text))
            _writer.WriteStringValue(text);
    }

    private bool WriteNumber(string text)
    {
        if (!char.IsAsciiDigit(text[^1]) && !char.IsAsciiHexDigit(text[^1]) && text[^1] != '.')
            return false;

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var isNegative = plain.StartsWith('-');
        var digits = plain.TrimStart('+', '-');
        if (plain.Length - digits.Length > 1 || digits.Length == 0)
            return false;

        if (Integer(digits) is { } integer)
        {
            if (isNegative)
                _writer.WriteNumberValue(-(decimal)integer);
            else
                _writer.WriteNumberValue(integer);
            return true;
        }

        if (!(char.IsAsciiDigit(digits[0]) || digits[0] == '.') || digits.AsSpan().ContainsAnyExcept(FloatLetters)
            || !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return false;

        _writer.WriteNumberValue(number);
        return true;
    }

    /// <summary>Decimal, <c>0x</c>, <c>0b</c>, and YAML 1.1's octal with a leading zero.</summary>
    private static ulong? Integer(string digits)
    {
        var (radix, skip) = digits switch
        {
            ['0', 'x', ..] => (16, 2),
            ['0', 'b', ..] => (2, 2),
            ['0', 'o', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        if (digits.Length == skip)
            return null;

        UInt128 value = 0;
        foreach (var c in digits.AsSpan(skip))
        {
            var digit = char.IsAsciiHexDigit(c) ? System.Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix)
                return null;

            value = (value * (uint)radix) + (uint)digit;
            if (value > ulong.MaxValue)
                return null;
        }

        return (ulong)value;
    }

    private static DecodeException TooMuch() => new("yaml: document contains excessive nesting or aliasing");
}
