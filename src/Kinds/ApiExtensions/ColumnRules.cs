using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The rules of additional printer columns.</summary>
internal static class ColumnRules
{
    public const string NotSimple = "must be a simple json path starting with .";

    private static readonly string[] Types = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] Formats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    public static void Validate(IReadOnlyList<CustomResourceColumnDefinition> columns, string field, Findings findings)
    {
        for (var i = 0; i < columns.Count; i++)
            Validate(columns[i], $"{field}[{i}]", findings);
    }

    private static void Validate(CustomResourceColumnDefinition column, string field, Findings findings)
    {
        if (column.Name.Length == 0)
            findings.Required(field + ".name");
        var types = $"must be one of {string.Join(',', Types)}";
        if (column.Type.Length == 0)
            findings.Required(field + ".type", types);
        else if (!Types.Contains(column.Type))
            findings.Invalid(field + ".type", column.Type, types);
        if (column.Format.Length > 0 && !Formats.Contains(column.Format))
            findings.Invalid(field + ".format", column.Format, $"must be one of {string.Join(',', Formats)}");
        if (column.JsonPath.Length == 0)
            findings.Required(field + ".JSONPath");
        else if (!column.JsonPath.StartsWith('.'))
            findings.Invalid(field + ".JSONPath", column.JsonPath, NotSimple);
    }
}
