using System.Text.Json;
using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>Server-side apply: the live object with what a manager wants of it, and who owns what from then on.</summary>
internal sealed class FieldApplier(FieldOwnership ownership, FieldOwners owners, FieldScope scope)
{
    /// <summary>The one manager whose applies take over what <c>kubectl apply</c> had owned from the client's side.</summary>
    private const string Kubectl = "kubectl";

    /// <param name="live">The present object as the view encodes it; empty: there is none.</param>
    /// <param name="entries">Its managed fields.</param>
    /// <exception cref="ApiException">409: conflicts. 400: not an object of this kind. 500: it does not fit the schema.</exception>
    public Applied Apply(ReadOnlyMemory<byte> live, IReadOnlyList<ManagedFieldsEntry> entries, ReadOnlyMemory<byte> patch, string manager, bool mayForce)
    {
        using var applied = Parse(patch);
        using var present = scope.Document(live.IsEmpty ? scope.Nothing : live);
        var before = Read(entries);
        var outcome = ownership.Apply(scope, present, applied, before, manager, mayForce);
        if (outcome.Conflicts.Count > 0 && manager == Kubectl && LastApplied.Owned(scope, present) is { } own)
        {
            var others = outcome.Conflicts.Select(c => c with { Fields = c.Fields.Except(own) }).Where(c => !c.Fields.IsEmpty).ToList();
            outcome.Merged.Dispose();
            outcome = others.Count > 0
                ? outcome with { Conflicts = others }
                : ownership.Apply(scope, present, applied, before, manager, mayForce: true);
        }

        if (outcome.Conflicts.Count > 0)
            throw FieldConflicts.Refusal(outcome.Conflicts);

        var annotation = manager == Kubectl && LastApplied.IsKept(present) ? LastApplied.Text(applied.Root) : null;
        return new(outcome.Merged.Json, owners.Write(outcome.Owners), annotation);
    }

    private FieldDocument Parse(ReadOnlyMemory<byte> patch)
    {
        FieldDocument applied;
        try
        {
            applied = scope.Document(patch);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"error decoding YAML: {e.Message}");
        }

        var root = applied.Root;
        if (root.ValueKind != JsonValueKind.Object)
            throw ApiException.BadRequest("error decoding YAML: an apply patch is an object");

        var (apiVersion, kind) = (Text(root, "apiVersion"), Text(root, "kind"));
        if (apiVersion != scope.ApiVersion || kind != scope.Kind)
            throw ApiException.BadRequest($"invalid object type: {TypeName(apiVersion, kind)}");

        var metadata = root.TryGetProperty("metadata", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        if (metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("managedFields", out var fields) && fields.ValueKind == JsonValueKind.Array)
            throw ApiException.BadRequest("metadata.managedFields must be nil");

        if (FieldCheck.Problem(scope.Schema, root) is { } problem)
        {
            var (ns, name) = metadata.ValueKind == JsonValueKind.Object ? (Text(metadata, "namespace"), Text(metadata, "name")) : ("", "");
            throw new ApiException(ApiException.Failure(500, "", $"failed to create typed patch object ({ns}/{name}; {TypeName(apiVersion, kind)}): {problem}"));
        }

        return applied;
    }

    private IReadOnlyList<FieldOwner> Read(IReadOnlyList<ManagedFieldsEntry> entries)
    {
        try
        {
            return owners.Read(entries);
        }
        catch (DecodeException e)
        {
            throw new ApiException(ApiException.Failure(500, "", $"failed to decode managed fields: {e.Message}"), e);
        }
    }

    /// <summary>Group, version and kind as Go prints them: <c>apps/v1, Kind=Deployment</c>, <c>/v1, Kind=Pod</c>.</summary>
    private static string TypeName(string apiVersion, string kind) =>
        $"{(apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : "/" + apiVersion)}, Kind={kind}";

    private static string Text(JsonElement obj, string name) =>
        obj.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : ""; // a string has text
}

/// <param name="Json">The object that results, in the version of the request, with the old managed fields.</param>
/// <param name="Entries">The new ones.</param>
/// <param name="LastApplied">What <c>kubectl</c>'s annotation shall say from now on; null: nothing new.</param>
internal sealed record Applied(ReadOnlyMemory<byte> Json, IReadOnlyList<ManagedFieldsEntry> Entries, string? LastApplied)
{
    /// <summary>The decoded object with its managed fields and annotation.</summary>
    public T On<T>(T obj)
        where T : IObject
    {
        var metadata = obj.Metadata with { ManagedFields = Entries };
        if (LastApplied is not null)
            metadata = metadata with { Annotations = new Dictionary<string, string>(metadata.Annotations) { [FieldManagement.LastApplied.Annotation] = LastApplied } };
        return (T)obj.CopyWith(metadata);
    }
}
