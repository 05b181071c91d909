using System.Globalization;
using System.Numerics;

namespace KubeSharp.Machinery;

/// <summary>How a quantity was written, and is written again.</summary>
public enum QuantityFormat
{
    /// <summary><c>500m</c>, <c>2k</c></summary>
    DecimalSI,

    /// <summary><c>64Mi</c></summary>
    BinarySI,

    /// <summary><c>1e3</c></summary>
    DecimalExponent,
}

/// <summary>A number with a unit suffix (resource.Quantity): exact to a billionth, written in canonical form.</summary>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    public const string FormatError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private const long Nano = 1_000_000_000;
    private const int MaxPower = 1_000;

    /// <summary>Upstream's range of binary quantities. Decimal ones have none; ours end where a hundred of them can still be added.</summary>
    private static readonly Int128 MostBinary = (Int128)long.MaxValue * Nano;
    private static readonly Int128 Most = (Int128)1_000_000_000_000_000_000 * 1_000_000_000_000_000_000;

    /// <summary>The value in billionths.</summary>
    private readonly Int128 _nanos;

    private Quantity(Int128 nanos, QuantityFormat format) => (_nanos, Format) = (nanos, format);

    public QuantityFormat Format { get; }

    public bool IsZero => _nanos == 0;

    public int Sign => Int128.Sign(_nanos);

    /// <summary>The value rounded up to a whole number.</summary>
    public long Value => RoundUp(Nano);

    /// <summary>The value in thousandths, rounded up.</summary>
    public long MilliValue => RoundUp(Nano / 1000);

    public double AsDouble => (double)_nanos / Nano;

    public static Quantity Zero { get; }

    public static Quantity From(long value, QuantityFormat format = QuantityFormat.DecimalSI) => new((Int128)value * Nano, format);

    public static Quantity FromMilli(long value) => new((Int128)value * (Nano / 1000), QuantityFormat.DecimalSI);

    public static Quantity FromBytes(long value) => From(value, QuantityFormat.BinarySI);

    /// <exception cref="FormatException">Not a quantity.</exception>
    public static Quantity Parse(string text) => TryParse(text, out var quantity) ? quantity : throw new FormatException(FormatError);

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' || (end == 0 && text[end] is '+' or '-')))
            end++;
        if (text.Length == 0)
            return false;

        var number = text.AsSpan(0, end);
        var suffix = text.AsSpan(end);
        if (!TrySuffix(suffix, out var power, out var isBinary, out var format) || !TryDigits(number, out var digits, out var fraction))
            return false;

        // Of a suffix without digits upstream makes zero, but only where it does without big numbers.
        if (number.IndexOfAnyInRange('0', '9') < 0 && (isBinary ? power >= 50 : power < -9))
            return false;

        var scaled = digits * Nano;
        if (isBinary)
            scaled <<= power;
        else
            fraction -= power;
        if (fraction is > 64 or < -64)
        {
            // Far beyond the range either way: nothing, or as much as there is.
            scaled = fraction > 0 ? Sgn(digits) : Sgn(digits) * (BigInteger.One << 126);
            fraction = 0;
        }

        quantity = new(Clamp(fraction >= 0 ? DivideUp(scaled, BigInteger.Pow(10, fraction)) : scaled * BigInteger.Pow(10, -fraction), isBinary ? MostBinary : Most), format);
        return true;
    }

    public static Quantity operator +(Quantity a, Quantity b) => new(a._nanos + b._nanos, a.IsZero ? b.Format : a.Format);

    public static Quantity operator -(Quantity a, Quantity b) => new(a._nanos - b._nanos, a.IsZero ? b.Format : a.Format);

    public static bool operator ==(Quantity a, Quantity b) => a.Equals(b);

    public static bool operator !=(Quantity a, Quantity b) => !a.Equals(b);

    public static bool operator <(Quantity a, Quantity b) => a._nanos < b._nanos;

    public static bool operator >(Quantity a, Quantity b) => a._nanos > b._nanos;

    public static bool operator <=(Quantity a, Quantity b) => a._nanos <= b._nanos;

    public static bool operator >=(Quantity a, Quantity b) => a._nanos >= b._nanos;

    /// <summary>The same amount, rounded up to thousandths, as upstream keeps resource lists.</summary>
    public Quantity RoundedToMilli() => _nanos % (Nano / 1000) == 0 ? this : new((Int128)MilliValue * (Nano / 1000), Format);

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <summary>Equal amounts are equal, however they are written.</summary>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => _nanos.GetHashCode();

    public override string ToString()
    {
        if (_nanos == 0)
            return "0";

        var isWhole = _nanos % Nano == 0;
        return Format switch
        {
            QuantityFormat.BinarySI when isWhole && Int128.Abs(_nanos) >= (Int128)1024 * Nano => Binary(_nanos / Nano),
            QuantityFormat.DecimalExponent => Decimal(_nanos, int.MaxValue, e => e == 0 ? "" : $"e{e}"),
            _ => Decimal(_nanos, 18, SiSuffix),
        };
    }

    private long RoundUp(Int128 unit)
    {
        var (whole, rest) = Int128.DivRem(_nanos, unit);
        var value = rest == 0 ? whole : whole + Int128.Sign(rest);
        return value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
    }

    private static string Binary(Int128 value)
    {
        var power = 0;
        while (power < 6 && value % 1024 == 0)
            (value, power) = (value / 1024, power + 1);
        return value.ToString(CultureInfo.InvariantCulture) + (power == 0 ? "" : "KMGTPE"[power - 1] + "i");
    }

    private static string Decimal(Int128 nanos, int most, Func<int, string> suffix)
    {
        var exponent = -9;
        while (exponent < most && nanos % 1000 == 0)
            (nanos, exponent) = (nanos / 1000, exponent + 3);
        return nanos.ToString(CultureInfo.InvariantCulture) + suffix(exponent);
    }

    private static string SiSuffix(int exponent) => exponent switch
    {
        -9 => "n",
        -6 => "u",
        -3 => "m",
        0 => "",
        _ => "kMGTPE"[(exponent / 3) - 1].ToString(),
    };

    private static bool TrySuffix(ReadOnlySpan<char> suffix, out int power, out bool isBinary, out QuantityFormat format)
    {
        (power, isBinary, format) = (0, false, QuantityFormat.DecimalSI);
        if (suffix.IsEmpty)
            return true;

        if (suffix.Length == 2 && suffix[1] == 'i')
        {
            power = 10 * ("KMGTPE".IndexOf(suffix[0], StringComparison.Ordinal) + 1);
            (isBinary, format) = (true, QuantityFormat.BinarySI);
            return power > 0;
        }

        if (suffix.Length == 1)
        {
            var place = "numxkMGTPE".IndexOf(suffix[0], StringComparison.Ordinal);
            power = (place - 3) * 3;
            return place >= 0 && suffix[0] != 'x';
        }

        format = QuantityFormat.DecimalExponent;
        if (suffix[0] is not ('e' or 'E') || !int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
            return false;

        // Far beyond all digits there may be, and what is reckoned with it stays an int.
        power = Math.Clamp(power, -MaxPower, MaxPower);
        return true;
    }

    /// <summary>All digits as one number, and how many of them stand behind the point.</summary>
    private static bool TryDigits(ReadOnlySpan<char> number, out BigInteger digits, out int fraction)
    {
        (digits, fraction) = (0, 0);
        var unsigned = number.Length > 0 && number[0] is '+' or '-' ? number[1..] : number;
        var point = unsigned.IndexOf('.');
        if (unsigned.Length > 200 || unsigned.Count('.') > 1)
            return false;
        if (unsigned.Length == (point < 0 ? 0 : 1))
            return true; // a sign, a point or a suffix alone

        var text = point < 0 ? unsigned.ToString() : string.Concat(unsigned[..point], unsigned[(point + 1)..]);
        fraction = point < 0 ? 0 : unsigned.Length - point - 1;
        if (!BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out digits))
            return false;

        if (number[0] == '-')
            digits = -digits;
        return true;
    }

    /// <summary>Away from zero, as upstream rounds what it cannot hold.</summary>
    private static BigInteger DivideUp(BigInteger value, BigInteger divisor)
    {
        var whole = BigInteger.DivRem(value, divisor, out var rest);
        return rest.IsZero ? whole : whole + Sgn(rest);
    }

    private static int Sgn(BigInteger value) => value.Sign;

    private static Int128 Clamp(BigInteger nanos, Int128 limit)
    {
        return nanos > limit ? limit : nanos < -limit ? -limit : (Int128)nanos;
    }
}
