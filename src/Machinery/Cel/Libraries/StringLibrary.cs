using System.Text;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>The strings extension, version 2. Positions are code points.</summary>
internal static class StringLibrary
{
    /// <summary>Longer texts are not made: arguments of a request cannot lead there.</summary>
    private const int MaxLength = 16 * 1024 * 1024;

    public static void AddTo(Declarations d)
    {
        d.Member("charAt", "string_char_at_int", [Text, Int], Text, CharAt);
        d.Member("indexOf", "string_index_of_string", [Text, Text], Int, IndexOf);
        d.Member("indexOf", "string_index_of_string_int", [Text, Text, Int], Int, IndexOf);
        d.Member("lastIndexOf", "string_last_index_of_string", [Text, Text], Int, LastIndexOf);
        d.Member("lastIndexOf", "string_last_index_of_string_int", [Text, Text, Int], Int, LastIndexOf);
        d.Member("lowerAscii", "string_lower_ascii", [Text], Text, a => CelValue.Of(Ascii(a[0].AsText, char.IsAsciiLetterUpper)));
        d.Member("upperAscii", "string_upper_ascii", [Text], Text, a => CelValue.Of(Ascii(a[0].AsText, char.IsAsciiLetterLower)));
        d.Member("replace", "string_replace_string_string", [Text, Text, Text], Text, Replace);
        d.Member("replace", "string_replace_string_string_int", [Text, Text, Text, Int], Text, Replace);
        d.Member("split", "string_split_string", [Text, Text], List(Text), Split);
        d.Member("split", "string_split_string_int", [Text, Text, Int], List(Text), Split);
        d.Member("substring", "string_substring_int", [Text, Int], Text, Substring);
        d.Member("substring", "string_substring_int_int", [Text, Int, Int], Text, Substring);
        d.Member("trim", "string_trim", [Text], Text, a => CelValue.Of(a[0].AsText.Trim()));
        d.Member("format", "string_format", [Text, List(Dyn)], Text, a => StringFormat.Format(a[0].AsText, a[1].AsList));
        d.Function("strings.quote", "strings_quote", [Text], Text, a => CelValue.Of(CelText.Quote(a[0].AsText)));
        d.Member("join", "list_join", [List(Text)], Text, Join);
        d.Member("join", "list_join_string", [List(Text), Text], Text, Join);
    }

    private static CelValue OutOfRange(long index) => CelValue.Error($"index out of range: {index}");

    private static CelValue CharAt(ReadOnlySpan<CelValue> args)
    {
        var (text, index) = (args[0].AsText, args[1].AsInt);
        if (index < 0 || index > CelText.Length(text))
            return OutOfRange(index);
        var start = CelText.Offset(text, index);
        return CelValue.Of(start == text.Length ? "" : text[start..(start + CelText.Offset(text[start..], 1))]);
    }

    private static CelValue IndexOf(ReadOnlySpan<CelValue> args)
    {
        var (text, part) = (args[0].AsText, args[1].AsText);
        var from = args.Length == 3 ? args[2].AsInt : 0;
        var length = CelText.Length(text);
        if (from < 0)
            return OutOfRange(from);
        if (part.Length == 0)
            return CelValue.Of(Math.Min(from, length));
        if (from >= length)
            return CelValue.Of(-1L);
        var found = text.IndexOf(part, CelText.Offset(text, from), StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CelText.Length(text[..found]));
    }

    private static CelValue LastIndexOf(ReadOnlySpan<CelValue> args)
    {
        var (text, part) = (args[0].AsText, args[1].AsText);
        var length = CelText.Length(text);
        if (args.Length == 2)
        {
            var last = part.Length == 0 ? text.Length : text.LastIndexOf(part, StringComparison.Ordinal);
            return CelValue.Of(last < 0 ? -1L : CelText.Length(text[..last]));
        }

        var from = args[2].AsInt;
        if (from < 0)
            return OutOfRange(from);
        if (part.Length == 0)
            return CelValue.Of(Math.Min(from, length));
        if (from >= length)
            return CelValue.Of(-1L);
        var end = Math.Min(text.Length, CelText.Offset(text, from) + part.Length);
        var found = text.AsSpan(0, end).LastIndexOf(part, StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CelText.Length(text[..found]));
    }

    private static string Ascii(string text, Func<char, bool> turns) =>
        string.Create(text.Length, (text, turns), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = state.turns(state.text[i]) ? (char)(state.text[i] ^ 0x20) : state.text[i];
        });

    private static CelValue Replace(ReadOnlySpan<CelValue> args)
    {
        var (text, old, with) = (args[0].AsText, args[1].AsText, args[2].AsText);
        var limit = args.Length == 4 && args[3].AsInt >= 0 ? args[3].AsInt : long.MaxValue;
        var result = new StringBuilder();
        var at = 0;
        for (long i = 0; i < limit; i++)
        {
            int found;
            if (old.Length > 0)
                found = text.IndexOf(old, at, StringComparison.Ordinal);
            else
            {
                // An empty text stands before every character and at the end.
                found = i == 0 ? 0 : at < text.Length ? at + CelText.Offset(text[at..Math.Min(at + 2, text.Length)], 1) : -1;
            }

            if (found < 0)
                break;
            result.Append(text, at, found - at).Append(with);
            at = found + old.Length;
            if (result.Length > MaxLength)
                return CelValue.Error("the text becomes too long");
        }

        return CelValue.Of(result.Append(text, at, text.Length - at).ToString());
    }

    private static CelValue Split(ReadOnlySpan<CelValue> args)
    {
        var (text, separator) = (args[0].AsText, args[1].AsText);
        var limit = args.Length == 3 ? args[2].AsInt : -1;
        if (limit == 0)
            return CelValue.EmptyList;
        if (separator.Length == 0)
        {
            var parts = new List<string>();
            var at = 0;
            while (at < text.Length && (limit < 0 || parts.Count < limit - 1))
            {
                var next = at + CelText.Offset(text[at..Math.Min(at + 2, text.Length)], 1);
                parts.Add(text[at..next]);
                at = next;
            }

            if (at < text.Length)
                parts.Add(text[at..]);
            return CelValue.Of(CelList.OfTexts(parts));
        }

        return CelValue.Of(CelList.OfTexts(text.Split(separator, limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue), StringSplitOptions.None)));
    }

    private static CelValue Substring(ReadOnlySpan<CelValue> args)
    {
        var (text, start) = (args[0].AsText, args[1].AsInt);
        var length = CelText.Length(text);
        var end = args.Length == 3 ? args[2].AsInt : length;
        if (args.Length == 3 && start > end)
            return CelValue.Error($"invalid substring range. start: {start}, end: {end}");
        if (start < 0 || start > length)
            return OutOfRange(start);
        if (end < 0 || end > length)
            return OutOfRange(end);
        return CelValue.Of(text[CelText.Offset(text, start)..CelText.Offset(text, end)]);
    }

    private static CelValue Join(ReadOnlySpan<CelValue> args)
    {
        var list = args[0].AsList;
        var separator = args.Length == 2 ? args[1].AsText : "";
        var text = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            var item = list[i];
            if (item.Kind != CelKind.Text)
                return CelValue.Error($"join: invalid input: {item}");
            text.Append(i > 0 ? separator : "").Append(item.AsText);
            if (text.Length > MaxLength)
                return CelValue.Error("the text becomes too long");
        }

        return CelValue.Of(text.ToString());
    }
}
