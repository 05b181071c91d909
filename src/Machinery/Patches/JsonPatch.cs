using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>JSON patch, RFC 6902, with what upstream's library adds: negative indices, and an absent key read as null.</summary>
public static class JsonPatch
{
    private const int MaxOperations = 10_000;

    /// <summary>What all copies together may add, in bytes: a few of them can double a document many times over.</summary>
    private const long MaxCopied = 3 * 1024 * 1024;

    /// <summary>The document after all operations. The argument is not changed.</summary>
    /// <exception cref="PatchException">400: not a patch; 413: too many operations; 422: an operation does not apply.</exception>
    public static JsonNode? Apply(JsonNode? document, ReadOnlyMemory<byte> patch)
    {
        if (PatchText.Parse(patch) is not JsonArray operations)
            throw new PatchException(400, $"json: cannot unmarshal {JsonTypeOf(PatchText.Parse(patch))} into Go value of type jsonpatch.Patch");

        if (operations.FirstOrDefault(o => o is not JsonObject) is { } other)
            throw new PatchException(400, $"json: cannot unmarshal {JsonTypeOf(other)} into Go value of type jsonpatch.Operation");

        if (operations.Count > MaxOperations)
        {
            throw new PatchException(
                413, $"Request entity too large: The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        }

        var run = new Run { Root = document?.DeepClone() };
        foreach (var operation in operations)
            run.Apply(operation as JsonObject ?? []);

        return run.Root;
    }

    private static string JsonTypeOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => node.GetValueKind().ToString().ToLowerInvariant() switch { "true" or "false" => "bool", var type => type },
    };

    private sealed class Run
    {
        private long _copied;

        public JsonNode? Root { get; set; }

        public void Apply(JsonObject operation)
        {
            var kind = Text(operation, "op") ?? "unknown";
            switch (kind)
            {
                case "add":
                    Add(Target(operation, "path", kind), operation["value"]?.DeepClone());
                    break;
                case "remove":
                    Remove(Target(operation, "path", kind));
                    break;
                case "replace" when Text(operation, "path") is "":
                    Root = operation["value"] is JsonObject or JsonArray
                        ? operation["value"]!.DeepClone() // just tested
                        : throw PatchException.Unprocessable("replace operation value must be object or array");
                    break;
                case "replace":
                    Replace(Target(operation, "path", kind), operation["value"]?.DeepClone());
                    break;
                case "move":
                    var from = Target(operation, "from", kind);
                    var moved = Get(from);
                    Remove(from);
                    Add(Target(operation, "path", kind), moved?.DeepClone());
                    break;
                case "copy":
                    var copy = Get(Target(operation, "from", kind))?.DeepClone();
                    Count(copy);
                    Add(Target(operation, "path", kind), copy);
                    break;
                case "test" when Text(operation, "path") is "":
                    Test(Root, operation);
                    break;
                case "test":
                    Test(Get(Target(operation, "path", kind)), operation);
                    break;
                default:
                    throw PatchException.Unprocessable($"Unexpected kind: {kind}");
            }
        }

        /// <summary>The container a pointer leads to, and the last step into it.</summary>
        private Place Target(JsonObject operation, string field, string kind)
        {
            var pointer = Text(operation, field)
                ?? throw PatchException.Unprocessable($"{kind} operation failed to decode {field}: operation missing {field} field: missing value");

            var steps = pointer.Split('/');
            var container = steps.Length > 1 ? Root : null;
            foreach (var step in steps.Skip(1).SkipLast(1))
            {
                container = container switch
                {
                    JsonObject map => map[Decode(step)],
                    JsonArray list when IndexOf(list, step, list.Count - 1) is { } index => list[index],
                    _ => null,
                };
            }

            return container is JsonObject or JsonArray
                ? new(container, Decode(steps[^1]), pointer)
                : throw PatchException.Unprocessable($"{kind} operation does not apply: doc is missing path: \"{pointer}\": missing value");
        }

        private static JsonNode? Get(Place place) =>
            place.Container is JsonArray list ? list[Index(list, place, list.Count - 1)] : place.Container[place.Key];

        private static void Add(Place place, JsonNode? value)
        {
            if (place.Container is not JsonArray list)
                place.Container[place.Key] = value;
            else if (place.Key == "-")
                list.Add(value);
            else
                list.Insert(Index(list, place, list.Count), value);
        }

        private static void Remove(Place place)
        {
            if (place.Container is JsonArray list)
                list.RemoveAt(Index(list, place, list.Count - 1));
            else if (!place.Container.AsObject().Remove(place.Key))
                throw PatchException.Unprocessable($"error in remove for path: '{place.Pointer}': Unable to remove nonexistent key: {place.Key}: missing value");
        }

        private static void Replace(Place place, JsonNode? value)
        {
            if (place.Container is JsonArray list)
                list[Index(list, place, list.Count - 1)] = value;
            else
                place.Container[place.Key] = value;
        }

        private static void Test(JsonNode? actual, JsonObject operation)
        {
            if (!JsonNode.DeepEquals(actual, operation["value"]))
                throw PatchException.Unprocessable($"testing value {Text(operation, "path")} failed: test failed");
        }

        private void Count(JsonNode? copy)
        {
            _copied += copy is null ? 4 : Encoding.UTF8.GetByteCount(copy.ToJsonString());
            if (_copied > MaxCopied)
            {
                throw PatchException.Unprocessable(
                    $"Unable to complete the copy, the accumulated size increase of copy is {_copied}, exceeding the limit {MaxCopied}");
            }
        }

        private static int Index(JsonArray list, Place place, int last) => IndexOf(list, place.Key, last)
            ?? throw PatchException.Unprocessable($"error for path: '{place.Pointer}': Unable to access invalid index: {place.Key}: invalid index referenced");

        /// <param name="last">The greatest index allowed; -1 means this one, and so on downwards.</param>
        private static int? IndexOf(JsonArray list, string step, int last)
        {
            if (!int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) || index > last || index < -(last + 1))
                return null;

            return index < 0 ? index + last + 1 : index;
        }

        private static string? Text(JsonObject operation, string field) =>
            operation[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        private static string Decode(string step) => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    private readonly record struct Place(JsonNode Container, string Key, string Pointer);
}
