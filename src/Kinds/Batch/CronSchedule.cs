using System.Globalization;

namespace KubeSharp.Kinds.Batch;

/// <summary>Whether a schedule can be read, with the messages of the library that upstream reads it with.</summary>
internal static class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <returns>What is wrong; <see langword="null"/> if nothing is.</returns>
    public static string? Problem(string schedule)
    {
        var spec = schedule;
        if (spec.StartsWith("TZ=", StringComparison.Ordinal) || spec.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = spec.IndexOf(' ', StringComparison.Ordinal);
            spec = space < 0 ? "" : spec[(space + 1)..].Trim();
        }

        if (spec.StartsWith('@'))
            return Descriptor(spec);

        var fields = spec.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            return $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]";

        return Field(fields[0], 0, 59, []) ?? Field(fields[1], 0, 23, []) ?? Field(fields[2], 1, 31, [])
            ?? Field(fields[3], 1, 12, Months) ?? Field(fields[4], 0, 6, Days);
    }

    private static string? Descriptor(string spec)
    {
        const string Every = "@every ";
        if (spec is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
            return null;
        if (spec.StartsWith(Every, StringComparison.Ordinal))
            return IsDuration(spec[Every.Length..]) ? null : $"failed to parse duration {spec}: time: invalid duration \"{spec[Every.Length..]}\"";
        return $"unrecognized descriptor: {spec}";
    }

    private static string? Field(string field, int min, int max, string[] names)
    {
        foreach (var part in field.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Range(part, min, max, names) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? Range(string text, int min, int max, string[] names)
    {
        var steps = text.Split('/');
        var ends = steps[0].Split('-');
        var (start, end) = (min, max);
        if (ends[0] is not ("*" or "?"))
        {
            if (Number(ends[0], names, min, out start) is { } badStart)
                return badStart;
            if (ends.Length > 2)
                return $"too many hyphens: {text}";
            end = start;
            if (ends.Length == 2 && Number(ends[1], names, min, out end) is { } badEnd)
                return badEnd;
        }

        var step = 1;
        if (steps.Length > 2)
            return $"too many slashes: {text}";
        if (steps.Length == 2)
        {
            if (Number(steps[1], [], 0, out step) is { } badStep)
                return badStep;
            // "5/10" means "from 5 on, every 10".
            end = ends.Length == 1 ? max : end;
        }

        if (start < min)
            return $"beginning of range ({start}) below minimum ({min}): {text}";
        if (end > max)
            return $"end of range ({end}) above maximum ({max}): {text}";
        if (start > end)
            return $"beginning of range ({start}) beyond end of range ({end}): {text}";
        return step == 0 ? $"step of range should be a positive number: {text}" : null;
    }

    private static string? Number(string text, string[] names, int first, out int number)
    {
        var name = Array.IndexOf(names, text.ToLowerInvariant());
        if (name >= 0)
        {
            number = name + first;
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            return number < 0 ? $"negative number ({number}) not allowed: {text}" : null;
        return $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax";
    }

    /// <summary>Go's durations: numbers with units, one after another (<c>1h30m</c>).</summary>
    private static bool IsDuration(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var number = Count(rest, static c => char.IsAsciiDigit(c) || c == '.');
            var unit = Count(rest[number..], static c => !char.IsAsciiDigit(c));
            if (number == 0 || rest.Slice(number, unit) is not ("ns" or "us" or "µs" or "ms" or "s" or "m" or "h"))
                return false;

            rest = rest[(number + unit)..];
        }

        return text.Length > 0;
    }

    private static int Count(ReadOnlySpan<char> text, Func<char, bool> isMeant)
    {
        var count = 0;
        while (count < text.Length && isMeant(text[count]))
            count++;
        return count;
    }
}
