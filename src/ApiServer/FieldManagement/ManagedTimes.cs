using System.Text.Json;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>Whether a write would change nothing but the times in managedFields: then it is none.</summary>
internal static class ManagedTimes
{
    /// <param name="wanted">The encoding of <paramref name="obj"/> with the current version.</param>
    public static bool AreAllThatDiffers(StoredObject current, IObject obj, ReadOnlySpan<byte> wanted)
    {
        var (was, now) = (current.Object.Metadata.ManagedFields, obj.Metadata.ManagedFields);
        if (was.Count == 0 || was.Count != now.Count)
            return false;

        for (var i = 0; i < was.Count; i++)
        {
            if (!ReferenceEquals(was[i], now[i]) && was[i] with { Time = null } != now[i] with { Time = null })
                return false;
        }

        var json = current.Json.Span;
        var (oldPlace, newPlace) = (Place(json), Place(wanted));
        return json[..oldPlace.Start].SequenceEqual(wanted[..newPlace.Start]) && json[oldPlace.End..].SequenceEqual(wanted[newPlace.End..]);
    }

    /// <summary>Where the list of managedFields stands.</summary>
    private static (int Start, int End) Place(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.CurrentDepth == 1 && reader.ValueTextEquals("metadata"u8);
            var isFields = reader.CurrentDepth == 2 && reader.ValueTextEquals("managedFields"u8);
            reader.Read();
            if (isMetadata && reader.TokenType == JsonTokenType.StartObject)
                continue;

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isFields)
                return (start, (int)reader.BytesConsumed);
        }

        return (json.Length, json.Length);
    }
}
