using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>
/// Puts an apply configuration into an object as server-side apply would; but nobody owns anything, and what is owned only as a whole
/// (atomic lists, maps and structs) may not be touched. Pure.
/// </summary>
internal static class StructuredMerge
{
    /// <exception cref="PolicyException">The configuration does not fit the schema, or touches something atomic.</exception>
    public static JsonNode? Apply(JsonElement live, JsonElement configuration, Schema schema)
    {
        if (FieldCheck.Problem(schema, configuration) is { } problem)
            throw new PolicyException("error applying patch: failed to convert patch object to typed object: " + problem);
        if (FieldCheck.AtomicPlaces(schema, configuration).ToList() is { Count: > 0 } atomics)
            throw new PolicyException("error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: " + string.Join(", ", atomics));

        return FieldMerge.Merge(schema, live, configuration);
    }
}
