namespace KubeSharp.Machinery.Cel;

/// <summary>
/// Bounds for <see cref="CelType.WithMaxElements"/> where a structural schema gives none: what fits a request. The least JSON of a
/// value says how many of them do.
/// </summary>
/// <remarks>
/// Upstream's quirks are part of the contract: the keys of a map count as having no size (<c>CelType.Text.WithMaxElements(0)</c>), a
/// <c>maxLength</c> counts four bytes a character except for <c>format: byte</c>, and numbers and booleans have the bound 0.
/// </remarks>
public static class CelSizes
{
    /// <summary>Bytes of the shortest JSON of a text: its quotes.</summary>
    public const long MinText = 2;

    public const long MinBool = 4;

    public const long MinNumber = 1;

    public const long MinDuration = 3;

    public const long MinDateTime = 21;

    public const long MinDate = 12;

    /// <summary>Bytes of the shortest JSON of any list, map, or object without required fields.</summary>
    public const long MinContainer = 2;

    public const ulong MaxDuration = 32;

    public const ulong MaxDateTime = 32;

    public const ulong MaxDate = 12;

    /// <summary>The longest text, and the longest <c>x-kubernetes-int-or-string</c>.</summary>
    public const ulong MaxText = CelLimits.MaxRequestBytes - 2;

    public static ulong FromMaxLength(long maxLength) => (ulong)Math.Max(0, maxLength) * 4;

    /// <param name="minItem">Bytes of the shortest JSON of an item.</param>
    public static ulong MaxItems(long minItem) => (ulong)((CelLimits.MaxRequestBytes - 2) / (minItem + 1));

    /// <param name="minValue">Bytes of the shortest JSON of a value.</param>
    public static ulong MaxProperties(long minValue) => (ulong)((CelLimits.MaxRequestBytes - 2) / (minValue + 6));

    /// <summary>What a required field without a default adds to <see cref="MinContainer"/> of its object.</summary>
    public static long MinField(string name, long minValue) => name.Length + minValue + 4;
}
