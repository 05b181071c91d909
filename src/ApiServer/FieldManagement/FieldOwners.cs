using ManagedFieldsEntry = KubeSharp.Machinery.MetaV1.ManagedFieldsEntry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>Reads and writes the list of managedFields, and keeps it short.</summary>
internal sealed class FieldOwners(FieldSetCache sets)
{
    /// <summary>So many entries of updates are kept apart; older ones are merged, one entry for each version.</summary>
    private const int MaxUpdaters = 10;
    private const string Ancient = "ancient-changes";

    /// <exception cref="DecodeException">An entry is malformed.</exception>
    public IReadOnlyList<FieldOwner> Read(IReadOnlyList<ManagedFieldsEntry> entries)
    {
        if (entries.Count == 0)
            return [];

        var owners = new List<FieldOwner>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Operation is not (FieldOwner.Apply or FieldOwner.Update))
                throw new DecodeException("operation must be `Apply` or `Update`");
            if (entry.ApiVersion.Length == 0)
                throw new DecodeException("apiVersion must not be empty");
            if (entry.FieldsType.Length == 0)
                throw new DecodeException($"missing fieldsType in managed fields entry {i}");
            if (entry.FieldsType != "FieldsV1")
                throw new DecodeException($"invalid fieldsType \"{entry.FieldsType}\" in managed fields entry {i}");

            var fields = entry.FieldsV1 is { IsEmpty: false } json ? sets.Read(json.Bytes) : FieldSet.Empty;
            var twin = owners.FindIndex(o => o.IsSameAs(entry));
            if (twin < 0)
                owners.Add(new(entry, fields));
            else
                owners[twin] = new(entry, fields);
        }

        return owners;
    }

    /// <summary>Whom an update of an object finds as owners: those it names itself, if it names any, else those of the live object.</summary>
    /// <param name="isSubresource">A subresource cannot set managed fields.</param>
    public IReadOnlyList<FieldOwner> Before(IReadOnlyList<ManagedFieldsEntry> live, IReadOnlyList<ManagedFieldsEntry> posted, bool isSubresource)
    {
        if (isSubresource)
            return ReadOrNone(live);
        if (IsReset(posted))
            return [];
        return ReadOrNone(posted) is { Count: > 0 } own ? own : ReadOrNone(live);
    }

    /// <summary>The entries in upstream's order; an entry whose fields did not change is the one it was.</summary>
    public IReadOnlyList<ManagedFieldsEntry> Write(IReadOnlyList<FieldOwner> owners)
    {
        var entries = new List<ManagedFieldsEntry>(owners.Count);
        foreach (var owner in owners)
        {
            if (!owner.Fields.IsEmpty)
                entries.Add(Written(owner));
        }

        entries.Sort(static (a, b) => OrderOf(a).CompareTo(OrderOf(b)));
        return entries;

        static (OrdinalText, long, OrdinalText, OrdinalText, OrdinalText) OrderOf(ManagedFieldsEntry e) =>
            (new(e.Operation), Seconds(e), new(e.Manager), new(e.ApiVersion), new(e.Subresource));
    }

    /// <summary>Merges the oldest updaters until there are few enough.</summary>
    public static IReadOnlyList<FieldOwner> Cap(IReadOnlyList<FieldOwner> owners)
    {
        if (owners.Count <= MaxUpdaters)
            return owners;

        var updaters = owners.Where(o => !o.IsApplier).OrderBy(o => Seconds(o.Entry)).ThenBy(o => o.Id).ToList();
        var surplus = updaters.Count - MaxUpdaters;
        if (surplus <= 0)
            return owners;

        var kept = owners.ToList();
        var first = new Dictionary<string, FieldOwner>(StringComparer.Ordinal);
        foreach (var updater in updaters)
        {
            if (surplus <= 0)
                break;
            if (first.TryAdd(updater.ApiVersion, updater))
                continue; // alone of its version it is as short as a bucket

            var bucket = new ManagedFieldsEntry { Manager = Ancient, Operation = FieldOwner.Update, ApiVersion = updater.ApiVersion, FieldsType = "FieldsV1", Time = updater.Entry.Time };
            var merged = kept.Find(o => o.IsSameAs(bucket)) ?? first[updater.ApiVersion];
            kept.Remove(merged);
            kept.Remove(updater);
            kept.Add(new(bucket, merged.Fields.Union(updater.Fields)));
            surplus--;
        }

        return kept;
    }

    private static long Seconds(ManagedFieldsEntry entry) => entry.Time?.ToUnixTimeSeconds() ?? 0;

    private IReadOnlyList<FieldOwner> ReadOrNone(IReadOnlyList<ManagedFieldsEntry> entries)
    {
        try
        {
            return Read(entries);
        }
        catch (DecodeException)
        {
            return [];
        }
    }

    /// <summary>An explicit empty list, or one empty entry, asks to forget all owners.</summary>
    private static bool IsReset(IReadOnlyList<ManagedFieldsEntry> posted) => posted.Count switch
    {
        0 => !Nil.Is(posted),
        1 => ReferenceEquals(posted[0], ManagedFieldsEntry.Empty) || posted[0] == ManagedFieldsEntry.Empty,
        _ => false,
    };

    private ManagedFieldsEntry Written(FieldOwner owner)
    {
        var json = owner.Fields.Json;
        return owner.Entry.FieldsV1 is { } old && old.Bytes.Span.SequenceEqual(json.Span)
            ? owner.Entry
            : owner.Entry with { FieldsType = "FieldsV1", FieldsV1 = new(sets.Write(owner.Fields)) };
    }
}
