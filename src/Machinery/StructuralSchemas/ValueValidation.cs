using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Checks values against a schema, in the words of kube-openapi's validator. Compiled patterns are kept with the instance.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ValueValidation(JsonSchema root)
{
    private const string Nothing = "<nil>";

    private readonly ConcurrentDictionary<string, Regex?> _patterns = new(StringComparer.Ordinal);

    /// <param name="field">The path of the value; empty for the object itself.</param>
    public void Validate(JsonNode? value, string field, Findings findings) =>
        findings.AddRange(Check(value, root, "").Errors.Select(e => e.At(field)));

    /// <summary>As <see cref="Validate"/>, but what was there before and has not changed is let be, right or wrong (KEP-4008).</summary>
    public void ValidateUpdate(JsonNode? value, JsonNode? old, string field, Findings findings) =>
        findings.AddRange(Check(value, root, "", new(old)).Errors.Select(e => e.At(field)));

    /// <summary>What was at this place before the update; absent (null) where places cannot be matched.</summary>
    private sealed record Before(JsonNode? Node);

    /// <param name="Path">Below the validated value; null for what upstream reports of no field.</param>
    private sealed record Fault(string? Path, Func<string, Finding> Make)
    {
        public Finding At(string root) => Make((root.Length, Path) switch
        {
            (0, null or "") => Nothing,
            (_, null or "") => root,
            (0, _) => Path.TrimStart('.'),
            _ => $"{root}.{Path.TrimStart('.')}",
        });
    }

    /// <summary>What was found, and how many checks were made: of several alternatives the one with most is what the author meant.</summary>
    private sealed class Result
    {
        public List<Fault> Errors { get; } = [];

        public int Checks { get; set; }

        public void Merge(Result other)
        {
            Errors.AddRange(other.Errors);
            Checks += other.Checks;
        }
    }

    private Result Check(JsonNode? value, JsonSchema schema, string path, Before? before = null)
    {
        var result = new Result { Checks = 1 };
        if (before is not null && JsonNode.DeepEquals(value, before.Node))
            return result;

        if (value is null)
        {
            if (TypesOf(schema) is { Length: > 0 } types && !schema.Nullable)
                TypeError(result, path, types, "null");
            CheckEnum(result, value, schema, path);
            return result;
        }

        CheckType(result, value, schema, path);
        CheckCombinations(result, value, schema, path);
        switch (value)
        {
            case JsonObject obj:
                CheckObject(result, obj, schema, path, before?.Node as JsonObject);
                break;
            case JsonArray list:
                CheckList(result, list, schema, path, before?.Node as JsonArray);
                break;
            default:
                if (JsonTree.AsText(value) is { } text)
                    CheckText(result, text, schema, path);
                else if (JsonTree.AsNumber(value) is { } number)
                    CheckNumber(result, value, number, schema, path);
                break;
        }

        CheckEnum(result, value, schema, path);
        return result;
    }

    private static string TypesOf(JsonSchema schema) => schema.IsIntOrString ? "integer,string" : schema.Type;

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => JsonTree.AsInteger(value) is null ? "number" : "integer",
        _ => "boolean",
    };

    private static void TypeError(Result result, string path, string types, string found) =>
        Add(result, path, (f, at) => f.TypeInvalid(at, found, $"{path} in body must be of type {types}: \"{found}\""));

    private static void CheckType(Result result, JsonNode value, JsonSchema schema, string path)
    {
        var types = TypesOf(schema);
        if (types.Length == 0)
            return;

        result.Checks++;
        var found = TypeOf(value);
        var isFitting = types == found || (schema.IsIntOrString && found is "integer" or "string") || (types == "number" && found == "integer")
            || ((types == "integer" || schema.IsIntOrString) && found == "number" && JsonTree.AsNumber(value) is { } number && Math.Floor(number) == number);
        // A format makes the type's check the format's.
        if (!isFitting && !(types == "string" && schema.Format.Length > 0 && Formats.IsKnown(schema.Format) && found == "array"))
            TypeError(result, path, types, found);
    }

    private void CheckCombinations(Result result, JsonNode value, JsonSchema schema, string path)
    {
        result.Checks++;
        if (schema.AnyOf.Count > 0)
        {
            var tried = schema.AnyOf.Select(s => Check(value, s, path)).ToList();
            if (tried.Find(r => r.Errors.Count == 0) is { } good)
                result.Merge(good);
            else
                Fail(tried, $"\"{path}\" must validate at least one schema (anyOf)");
        }

        if (schema.OneOf.Count > 0)
        {
            var tried = schema.OneOf.Select(s => Check(value, s, path)).ToList();
            var count = tried.Count(r => r.Errors.Count == 0);
            if (count == 0)
                Fail(tried, $"\"{path}\" must validate one and only one schema (oneOf). Found none valid");
            else if (count > 1)
                Plain(result, $"\"{path}\" must validate one and only one schema (oneOf). Found {count} valid alternatives");
        }

        if (schema.AllOf.Count > 0)
        {
            var tried = schema.AllOf.Select(s => Check(value, s, path)).ToList();
            tried.ForEach(result.Merge);
            if (tried.Exists(r => r.Errors.Count > 0))
                Plain(result, $"\"{path}\" must validate all the schemas (allOf){(tried.TrueForAll(r => r.Errors.Count > 0) ? ". None validated" : "")}");
        }

        if (schema.Not is { } not && Check(value, not, path).Errors.Count == 0)
            Plain(result, $"\"{path}\" must not validate the schema (not)");

        void Fail(List<Result> tried, string message)
        {
            Plain(result, message);
            result.Merge(tried.MaxBy(r => r.Checks)!);
        }
    }

    private void CheckObject(Result result, JsonObject obj, JsonSchema schema, string path, JsonObject? before)
    {
        result.Checks++;
        if (schema.MinProperties is { } least && obj.Count < least)
            Add(result, path, (f, at) => f.Invalid(at, (long)obj.Count, $"{path} in body should have at least {least} properties"));
        if (schema.MaxProperties is { } most && obj.Count > most)
            Add(result, path, (f, at) => f.TooMany(at, obj.Count, (int)most));

        foreach (var (name, value) in obj)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            Before? was = before is not null && before.TryGetPropertyValue(name, out var old) ? new(old) : null;
            if (schema.Properties.TryGetValue(name, out var property))
                result.Merge(Check(value, property, at, was));
            else if (schema.AdditionalProperties is { } others)
                result.Merge(Check(value, others, $"{path}.{name}", was));
            else if (schema.AllowsAdditional == false)
                Add(result, path, (f, field) => f.Invalid(field, name, $"{path}.{name} in body is a forbidden property"));
        }

        foreach (var name in schema.Required)
        {
            if (!obj.ContainsKey(name))
                Add(result, $"{path}.{name}", (f, at) => f.Required(at));
        }
    }

    private void CheckList(Result result, JsonArray list, JsonSchema schema, string path, JsonArray? before)
    {
        result.Checks++;
        if (schema.Items is { } items)
        {
            var known = before is not null && schema.ListType == "map" ? ListKeys.Index(before, schema.ListMapKeys) : null;
            for (var i = 0; i < list.Count; i++)
                result.Merge(Check(list[i], items, $"{path}[{i}]", known is not null && ListKeys.Of(list[i], schema.ListMapKeys) is { } key && known.TryGetValue(key, out var old) ? new(old) : null));
        }

        if (schema.MinItems is { } least && list.Count < least)
            Add(result, path, (f, at) => f.Invalid(at, (long)list.Count, $"{path} in body should have at least {least} items"));
        if (schema.MaxItems is { } most && list.Count > most)
            Add(result, path, (f, at) => f.TooMany(at, list.Count, (int)most));
        if (schema.UniqueItems && list.Select(JsonTree.Text).Distinct().Count() < list.Count)
            Add(result, path, (f, at) => f.Invalid(at, "", $"{path} in body shouldn't contain duplicates"));
    }

    private void CheckText(Result result, string text, JsonSchema schema, string path)
    {
        result.Checks++;
        var length = text.EnumerateRunes().Count();
        if (schema.MaxLength is { } most && length > most)
            Add(result, path, (f, at) => f.TooLong(at, (int)most));
        else if (schema.MinLength is { } least && length < least)
            Add(result, path, (f, at) => f.Invalid(at, text, $"{path} in body should be at least {least} chars long"));
        else if (schema.Pattern.Length > 0 && PatternOf(schema.Pattern) is { } pattern && !pattern.IsMatch(text))
            Add(result, path, (f, at) => f.Invalid(at, text, $"{path} in body should match '{schema.Pattern}'"));

        if (schema.Format.Length > 0 && schema.Type is "" or "string" && !schema.IsIntOrString && !Formats.Matches(schema.Format, text))
            Add(result, path, (f, at) => f.TypeInvalid(at, text, $"{path} in body must be of type {schema.Format}: {Findings.Show(text)}"));
    }

    private static void CheckNumber(Result result, JsonNode value, double number, JsonSchema schema, string path)
    {
        result.Checks++;
        if (!IsInRange(value, number, schema))
            Plain(result, $"Checked value must be of type {schema.Type} {(schema.Format.Length > 0 ? $"with format {schema.Format}" : "(default format)")} in {path}");
        if (schema.MultipleOf is { } factor && factor > 0 && !IsMultiple(number, factor))
            Add(result, path, (f, at) => f.Invalid(at, JsonTree.Shown(value), $"{path} in body should be a multiple of {Text(factor)}"));
        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
            Add(result, path, (f, at) => f.Invalid(at, JsonTree.Shown(value), $"{path} in body should be greater than {(schema.ExclusiveMinimum ? "" : "or equal to ")}{Text(least)}"));
        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
            Add(result, path, (f, at) => f.Invalid(at, JsonTree.Shown(value), $"{path} in body should be less than {(schema.ExclusiveMaximum ? "" : "or equal to ")}{Text(most)}"));
    }

    /// <summary>Whether the type and format can hold a number. Any integer is one of 64 bits, whatever its format says.</summary>
    private static bool IsInRange(JsonNode value, double number, JsonSchema schema) => (schema.Type, schema.Format) switch
    {
        ("integer", "int32") => number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue,
        ("integer", "uint32") => number == Math.Floor(number) && number is >= 0 and <= uint.MaxValue,
        ("integer", "uint64") => number == Math.Floor(number) && number is >= 0 and < 18446744073709551616.0,
        ("integer", _) => JsonTree.AsInteger(value) is not null || (number == Math.Floor(number) && number is >= -9223372036854775808.0 and < 9223372036854775808.0),
        (_, "float" or "float32") => Math.Abs(number) <= float.MaxValue,
        _ => true,
    };

    /// <summary>By division, as upstream: 0.3 is a multiple of 0.1 if their quotient is whole.</summary>
    private static bool IsMultiple(double number, double factor) => factor < 1
        ? Math.Abs((number / factor) - Math.Round(number / factor)) < 1e-9
        : number / factor == Math.Floor(number / factor);

    private static void CheckEnum(Result result, JsonNode? value, JsonSchema schema, string path)
    {
        result.Checks++;
        if (schema.Enum.Count > 0 && !schema.Enum.Any(e => JsonNode.DeepEquals(e, value)))
            Add(result, path, (f, at) => f.NotOneOf(at, JsonTree.Shown(value), schema.Enum.Select(e => JsonTree.AsText(e) ?? JsonTree.Text(e))));
    }

    /// <summary>What is no pattern was refused when the definition was written; of an old one it means nothing.</summary>
    private Regex? PatternOf(string pattern) => _patterns.GetOrAdd(pattern, static p => Re2Pattern.Compile(p, out _));

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static void Plain(Result result, string message) => result.Errors.Add(new(null, at => One(f => f.Invalid(at, "", message))));

    private static void Add(Result result, string path, Action<Findings, string> say) => result.Errors.Add(new(path, at => One(f => say(f, at))));

    private static Finding One(Action<Findings> say)
    {
        var findings = new Findings();
        say(findings);
        return findings.Errors[0];
    }
}
