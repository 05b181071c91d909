namespace KubeSharp.Objects.Generator;

/// <summary>One field of a Go struct, as <c>fields.tsv</c> has it.</summary>
internal sealed class GoField(Row row)
{
    public string Owner { get; } = row["type"];

    public string Json { get; } = row["json"];

    public string GoName { get; } = row["goName"];

    public string GoType { get; } = row["goType"];

    public bool IsInline { get; } = row["omitempty"] == "inline";

    public bool OmitsEmpty { get; } = row["omitempty"] is "omitempty" or "omitzero";

    /// <summary>Go leaves out a struct that is zero only where this is said, so a time that is not set is <c>null</c>.</summary>
    public bool OmitsZero { get; } = row["omitempty"] == "omitzero";

    public int ProtoNumber { get; } = int.TryParse(row["protoNumber"], out var number) ? number : 0;

    public string PatchStrategy { get; } = row["patchStrategy"];

    public string MergeKey { get; } = row["patchMergeKey"];

    public string ListType { get; } = row["listType"];

    public string MapKeys { get; } = row["listMapKeys"];

    public string MapOrStructType { get; } = row["mapOrStructType"];

    public string Default { get; } = row["default"];

    public bool IsRequired { get; } = row["flags"].StartsWith("required", System.StringComparison.Ordinal);
}
