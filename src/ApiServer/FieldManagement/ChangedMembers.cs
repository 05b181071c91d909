using System.Buffers;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// Two encodings of one object without the top-level members in which they are equal. Most updates change one of metadata, spec and status,
/// and parsing the others is the greater part of what comparing costs.
/// </summary>
internal static class ChangedMembers
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",}"u8);

    /// <summary>Reads only what our encoder writes (no white space); anything else comes back as it was.</summary>
    public static (ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After) Of(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var left = before.Span;
        var right = after.Span;
        if (left.Length < 2 || right.Length < 2 || left[0] != '{' || right[0] != '{')
            return (before, after);

        var (keptLeft, keptRight) = (new ArrayBufferWriter<byte>(512), new ArrayBufferWriter<byte>(512));
        var (i, j) = (1, 1);
        while (TryMember(left, i, out var leftName, out var leftEnd) && TryMember(right, j, out var rightName, out var rightEnd))
        {
            var leftMember = left[i..leftEnd];
            var rightMember = right[j..rightEnd];
            if (!left[i..leftName].SequenceEqual(right[j..rightName]))
                break; // one has a member that the other has not

            if (!leftMember.SequenceEqual(rightMember))
            {
                Keep(keptLeft, leftMember);
                Keep(keptRight, rightMember);
            }

            (i, j) = (leftEnd, rightEnd);
            if (left[i] == '}' || right[j] == '}')
                break;
            (i, j) = (i + 1, j + 1);
        }

        if (left[i] != '}')
            Keep(keptLeft, left[i..^1]);
        if (right[j] != '}')
            Keep(keptRight, right[j..^1]);
        return (Closed(keptLeft), Closed(keptRight));
    }

    private static void Keep(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> members)
    {
        if (members.IsEmpty)
            return;
        kept.Write(kept.WrittenCount == 0 ? "{"u8 : ","u8);
        kept.Write(members[0] == ',' ? members[1..] : members);
    }

    private static ReadOnlyMemory<byte> Closed(ArrayBufferWriter<byte> kept)
    {
        kept.Write(kept.WrittenCount == 0 ? "{}"u8 : "}"u8);
        return kept.WrittenMemory;
    }

    /// <param name="at">Where the name's quote stands.</param>
    /// <param name="name">After the name's end.</param>
    /// <param name="end">After the value, on a comma or the closing brace.</param>
    private static bool TryMember(ReadOnlySpan<byte> json, int at, out int name, out int end)
    {
        (name, end) = (at, at);
        if (at >= json.Length || json[at] != '"' || (name = AfterString(json, at)) < 0 || name >= json.Length || json[name] != ':')
            return false;

        end = AfterValue(json, name + 1);
        return end > 0 && end < json.Length && json[end] is (byte)',' or (byte)'}';
    }

    private static int AfterValue(ReadOnlySpan<byte> json, int at)
    {
        if (at >= json.Length)
            return -1;
        if (json[at] == '"')
            return AfterString(json, at);
        if (json[at] is not ((byte)'{' or (byte)'['))
            return json[at..].IndexOfAny(ScalarEnd) is >= 0 and var length ? at + length : -1;

        var depth = 0;
        while (json[at..].IndexOfAny(Structure) is >= 0 and var distance)
        {
            at += distance;
            switch (json[at])
            {
                case (byte)'"':
                    at = AfterString(json, at);
                    if (at < 0)
                        return -1;
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            at++;
            if (depth == 0)
                return at;
        }

        return -1;
    }

    private static int AfterString(ReadOnlySpan<byte> json, int at)
    {
        at++;
        while (json[at..].IndexOfAny(StringEnd) is >= 0 and var distance)
        {
            at += distance;
            if (json[at] == '"')
                return at + 1;
            at += 2; // an escape and what it escapes
            if (at > json.Length)
                return -1;
        }

        return -1;
    }
}
