using System.Globalization;
using System.Text;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary><c>int(x)</c>, <c>string(x)</c> and the like.</summary>
internal static class ConversionFunctions
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void AddTo(Declarations d)
    {
        Add(d, "bool", "bool", Bool, ToBool, Bool, Text);
        Add(d, "bytes", "bytes", Bytes, ToBytes, Bytes, Text);
        Add(d, "double", "double", CelType.Double, ToDouble, CelType.Double, Int, Text, Uint);
        Add(d, "duration", "duration", Duration, ToDuration, Duration, Int, Text);
        Add(d, "int", "int64", Int, ToInt, Int, CelType.Double, Duration, Text, CelType.Timestamp, Uint);
        Add(d, "string", "string", Text, ToText, Text, Bool, Bytes, CelType.Double, Duration, Int, CelType.Timestamp, Uint);
        Add(d, "timestamp", "timestamp", CelType.Timestamp, ToTimestamp, CelType.Timestamp, Int, Text);
        Add(d, "uint", "uint64", Uint, ToUint, Uint, CelType.Double, Int, Text);
    }

    private static void Add(Declarations d, string name, string id, CelType to, CelFunction convert, params CelType[] from)
    {
        foreach (var type in from)
            d.Function(name, $"{Id(type)}_to_{id}", [type], to, convert);
    }

    private static string Id(CelType type) => type.Kind switch { CelKind.Int => "int64", CelKind.Uint => "uint64", _ => type.ToString() };

    private static CelValue Fail(CelValue value, string to) => CelValue.Error($"type conversion error from '{value.TypeOf().Name}' to '{to}'");

    /// <summary>What Go's ParseBool takes.</summary>
    private static CelValue ToBool(ReadOnlySpan<CelValue> args) => args[0].Kind == CelKind.Bool ? args[0] : args[0].AsText switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.True,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.False,
        _ => Fail(args[0], "bool"),
    };

    private static CelValue ToBytes(ReadOnlySpan<CelValue> args) => args[0].Kind == CelKind.Bytes ? args[0] : CelValue.OfBytes(Encoding.UTF8.GetBytes(args[0].AsText));

    private static CelValue ToDouble(ReadOnlySpan<CelValue> args) => args[0].Kind switch
    {
        CelKind.Int => CelValue.Of((double)args[0].AsInt),
        CelKind.Uint => CelValue.Of((double)args[0].AsUint),
        CelKind.Text => ParseDouble(args[0].AsText) is { } d ? CelValue.Of(d) : Fail(args[0], "double"),
        _ => args[0],
    };

    internal static double? ParseDouble(string text)
    {
        var unsigned = text.TrimStart('+', '-');
        if (text.Length - unsigned.Length <= 1)
        {
            if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
                return double.NaN;
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var d)
            && double.IsFinite(d) ? d : null;
    }

    private static CelValue ToDuration(ReadOnlySpan<CelValue> args) => args[0].Kind switch
    {
        CelKind.Int => CelValue.OfDuration(args[0].AsInt),
        CelKind.Text => CelDurations.TryParse(args[0].AsText, out var nanos) ? CelValue.OfDuration(nanos) : Fail(args[0], "google.protobuf.Duration"),
        _ => args[0],
    };

    private static CelValue ToInt(ReadOnlySpan<CelValue> args)
    {
        var value = args[0];
        return value.Kind switch
        {
            CelKind.Double => value.AsDouble is > -9.2233720368547758E18 and < 9.2233720368547758E18 ? CelValue.Of((long)value.AsDouble) : CelValue.Error("integer overflow"),
            CelKind.Duration => CelValue.Of(value.AsDuration),
            CelKind.Text => long.TryParse(value.AsText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? CelValue.Of(number) : Fail(value, "int"),
            CelKind.Timestamp => CelValue.Of(value.AsTimestamp.Seconds),
            CelKind.Uint => value.AsUint <= long.MaxValue ? CelValue.Of((long)value.AsUint) : CelValue.Error("integer overflow"),
            _ => value,
        };
    }

    private static CelValue ToUint(ReadOnlySpan<CelValue> args)
    {
        var value = args[0];
        return value.Kind switch
        {
            CelKind.Double => value.AsDouble is >= 0 and < 1.8446744073709552E19 ? CelValue.OfUint((ulong)value.AsDouble) : CelValue.Error("unsigned integer overflow"),
            CelKind.Int => value.AsInt >= 0 ? CelValue.OfUint((ulong)value.AsInt) : CelValue.Error("unsigned integer overflow"),
            CelKind.Text => ulong.TryParse(value.AsText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? CelValue.OfUint(number) : Fail(value, "uint"),
            _ => value,
        };
    }

    private static CelValue ToText(ReadOnlySpan<CelValue> args)
    {
        var value = args[0];
        if (value.Kind != CelKind.Bytes)
            return CelValue.Of(value.ToString());
        try
        {
            return CelValue.Of(StrictUtf8.GetString(value.AsBytes.Span));
        }
        catch (DecoderFallbackException)
        {
            return CelValue.Error("invalid UTF-8 in bytes, cannot convert to string");
        }
    }

    private static CelValue ToTimestamp(ReadOnlySpan<CelValue> args) => args[0].Kind switch
    {
        CelKind.Int => new CelTimestamp(args[0].AsInt, 0) is { IsInRange: true } time ? CelValue.Of(time) : CelValue.Error("timestamp overflow"),
        CelKind.Text => CelTimestamp.TryParse(args[0].AsText, out var time) ? CelValue.Of(time) : Fail(args[0], "google.protobuf.Timestamp"),
        _ => args[0],
    };
}
