using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>An entry of managedFields, read: who wrote, how, and which fields are theirs.</summary>
/// <param name="Entry">What says who: manager, operation, apiVersion, subresource; and when. Its fields are those of <paramref name="Fields"/> or older.</param>
internal sealed record FieldOwner(ManagedFieldsEntry Entry, FieldSet Fields)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public string ApiVersion => Entry.ApiVersion;

    public bool IsApplier => Entry.Operation == Apply;

    /// <summary>What orders the owners: upstream's identifier, its parts in order.</summary>
    public (OrdinalText Manager, OrdinalText Operation, OrdinalText ApiVersion, OrdinalText Subresource) Id =>
        (new(Entry.Manager), new(Entry.Operation), new(IsApplier ? "" : Entry.ApiVersion), new(Entry.Subresource));

    /// <summary>Whether this is the same writer; an applier remains itself when it changes to another version of the API.</summary>
    public bool IsSameAs(ManagedFieldsEntry other) => Entry.Manager == other.Manager && Entry.Operation == other.Operation
        && Entry.Subresource == other.Subresource && (IsApplier || Entry.ApiVersion == other.ApiVersion);

    /// <summary>As messages name it.</summary>
    public override string ToString()
    {
        var name = $"\"{Entry.Manager}\"";
        if (Entry.Subresource.Length > 0)
            name += $" with subresource \"{Entry.Subresource}\"";
        return IsApplier ? name : $"{name} using {Entry.ApiVersion}";
    }
}

/// <summary>A text that compares by its characters' numbers, whatever the culture.</summary>
internal readonly record struct OrdinalText(string Text) : IComparable<OrdinalText>
{
    public int CompareTo(OrdinalText other) => string.CompareOrdinal(Text, other.Text);
}
