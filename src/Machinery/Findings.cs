using System.Globalization;

namespace KubeSharp.Machinery;

/// <summary>One thing that is wrong with one field, in the shape of apimachinery's <c>field.Error</c>.</summary>
/// <param name="Reason">The cause's reason: <c>FieldValueInvalid</c> …</param>
/// <param name="Body">The message without the field: <c>Invalid value: "x": must be …</c></param>
public sealed record Finding(string Field, string Reason, string Body)
{
    public override string ToString() => $"{Field}: {Body}";
}

/// <summary>Collects everything that validation finds: all errors are reported together. Not thread-safe.</summary>
public sealed class Findings
{
    private readonly List<Finding> _errors = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<Finding> Errors => _errors;

    /// <summary>What is accepted but worth telling; sent as <c>Warning</c> headers.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public bool Any => _errors.Count > 0;

    /// <param name="value">The offending value: text is quoted, numbers and booleans are not, null is <c>null</c>.</param>
    public void Invalid(string field, object? value, string why) => Add(field, "FieldValueInvalid", "Invalid value: " + Show(value), why);

    /// <summary>A value of the wrong type.</summary>
    public void TypeInvalid(string field, object? value, string why) => Add(field, "FieldValueTypeInvalid", "Invalid value: " + Show(value), why);

    public void Required(string field, string why = "") => Add(field, "FieldValueRequired", "Required value", why);

    public void Duplicate(string field, object? value, string why = "") => Add(field, "FieldValueDuplicate", "Duplicate value: " + Show(value), why);

    public void NotFound(string field, object? value) => Add(field, "FieldValueNotFound", "Not found: " + Show(value), "");

    public void Forbidden(string field, string why) => Add(field, "FieldValueForbidden", "Forbidden", why);

    /// <param name="supported">Listed in the message, sorted as upstream sorts them.</param>
    public void NotSupported(string field, object? value, params IEnumerable<string> supported)
    {
        var list = supported.Order(StringComparer.Ordinal).Select(s => $"\"{s}\"").ToList();
        Add(field, "FieldValueNotSupported", "Unsupported value: " + Show(value), list.Count > 0 ? "supported values: " + string.Join(", ", list) : "");
    }

    /// <summary>As <see cref="NotSupported"/>, the values in the order given: upstream sorts its sets, not its lists.</summary>
    public void NotOneOf(string field, object? value, params IEnumerable<string> inOrder) => Add(
        field, "FieldValueNotSupported", "Unsupported value: " + Show(value), "supported values: " + string.Join(", ", inOrder.Select(s => $"\"{s}\"")));

    /// <param name="max">Bytes; negative if the limit is not worth telling.</param>
    public void TooLong(string field, int max) =>
        Add(field, "FieldValueTooLong", "Too long", max >= 0 ? $"may not be more than {max} {(max == 1 ? "byte" : "bytes")}" : "value is too long");

    public void TooMany(string field, int actual, int max) =>
        Add(field, "FieldValueTooMany", $"Too many: {actual}", $"must have at most {max} {(max == 1 ? "item" : "items")}");

    public void Warn(string message) => _warnings.Add(message);

    public void AddRange(IEnumerable<Finding> errors) => _errors.AddRange(errors);

    /// <summary>As upstream writes an aggregate: the one message, or all in brackets, each once.</summary>
    public override string ToString()
    {
        var messages = _errors.Select(e => e.ToString()).Distinct().ToList();
        return messages.Count == 1 ? messages[0] : $"[{string.Join(", ", messages)}]";
    }

    /// <summary>A value as Go prints it in field errors.</summary>
    internal static string Show(object? value) => value switch
    {
        null => "null",
        string text => GoText.Quote(text),
        bool flag => flag ? "true" : "false",
        IntOrString { IsInt: false } either => GoText.Quote(either.Text),
        Quantity quantity => GoText.Quote(quantity.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IReadOnlyList<string> none when Nil.Is(none) => "null",
        IEnumerable<string> list => $"[{string.Join(",", list.Select(GoText.Quote))}]",
        IReadOnlyDictionary<string, string> { Count: 0 } => "null",
        IReadOnlyDictionary<string, string> map => $"{{{string.Join(",", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{GoText.Quote(p.Key)}:{GoText.Quote(p.Value)}"))}}}",
        ReadOnlyMemory<byte> { IsEmpty: true } or IReadOnlyCollection<object> { Count: 0 } => "null",
        ReadOnlyMemory<byte> bytes => GoText.Quote(Convert.ToBase64String(bytes.Span)),
        IEnumerable<object> items => $"[{string.Join(",", items.Select(Show))}]",
        _ => value.ToString() ?? "null",
    };

    private void Add(string field, string reason, string what, string why) =>
        _errors.Add(new(field, reason, why.Length > 0 ? $"{what}: {why}" : what));
}
