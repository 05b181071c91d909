namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>The name of an element of a set or map of our table.</summary>
/// <param name="Key">As nft spells it: <c>10.96.0.1 . tcp . 80</c>.</param>
internal readonly record struct ElementName(string Set, string Key);

/// <summary>An element of a set (empty <paramref name="Value"/>) or of a map.</summary>
internal readonly record struct RuleElement(ElementName Name, string Value)
{
    public RuleElement(string set, string key, string value = "")
        : this(new ElementName(set, key), value)
    {
    }
}

/// <summary>The difference of one element: no old value, it is new; no new value, it goes.</summary>
internal readonly record struct ElementChange(ElementName Name, string? Old, string? New);
