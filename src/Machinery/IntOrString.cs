using System.Globalization;

namespace KubeSharp.Machinery;

/// <summary>A number or a text (intstr.IntOrString): a port or its name, a count or a percentage.</summary>
public readonly record struct IntOrString
{
    private readonly string? _text;

    private IntOrString(int number, string? text) => (Number, _text) = (number, text);

    public bool IsInt => _text is null;

    public int Number { get; }

    public string Text => _text ?? "";

    public static implicit operator IntOrString(int number) => new(number, null);

    public static implicit operator IntOrString(string text) => new(0, text);

    /// <summary>The number, or the percentage of <paramref name="total"/>; <see langword="null"/> if the text is neither.</summary>
    public int? Scaled(int total, bool roundsUp)
    {
        if (IsInt)
            return Number;

        if (!Text.EndsWith('%') || !int.TryParse(Text.AsSpan(0, Text.Length - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var percent))
            return null;

        var product = (long)percent * total;
        return (int)(roundsUp ? (product + 99) / 100 : product / 100);
    }

    public override string ToString() => IsInt ? Number.ToString(CultureInfo.InvariantCulture) : Text;
}
