namespace KubeSharp.Kinds.Rules;

/// <summary>A union: of several fields of a struct one may be set. The first that is set stands, the others are refused.</summary>
internal sealed class AlternativeFields(Findings findings, string path, string why)
{
    public int Count { get; private set; }

    /// <summary>Whether the field is set and is the one that stands.</summary>
    public bool Takes(string field, object? value)
    {
        if (value is null)
            return false;

        if (Count++ == 0)
            return true;

        findings.Forbidden($"{path}.{field}", why);
        return false;
    }
}
