using System.Globalization;
using System.Text.Json.Nodes;
using KubeSharp.Kinds;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>The columns of a custom resource's table: the name, then what its definition says; the age if it says nothing.</summary>
internal sealed class CustomColumns
{
    private static readonly CustomResourceColumnDefinition Age = new() { Name = "Age", Type = "date", JsonPath = ".metadata.creationTimestamp" };

    private readonly IReadOnlyList<(string Type, JsonPath? Path)> _cells;

    public CustomColumns(IReadOnlyList<CustomResourceColumnDefinition> own)
    {
        var columns = own.Count > 0 ? own : [Age];
        _cells = [.. columns.Select(c => (c.Type, JsonPath.TryParse(c.JsonPath)))];
        Columns =
        [
            new("Name", "string", "name", 0),
            .. columns.Select(c => new PrinterColumn(c.Name, c.Type, c.Format, c.Priority)
            {
                Description = ReferenceEquals(c, Age) ? "" : c.Description.Length > 0 ? c.Description : $"Custom resource definition column (in JSONPath format): {c.JsonPath}",
            }),
        ];
    }

    public IReadOnlyList<PrinterColumn> Columns { get; }

    public IReadOnlyList<object?> Cells(Unstructured obj, DateTimeOffset now) =>
        [obj.Metadata.Name, .. _cells.Select(c => c.Path is not null && c.Path.Find(obj.Document).Take(1).ToList() is [{ } value] ? Cell(c.Type, value, now) : null)];

    private static object? Cell(string type, JsonNode value, DateTimeOffset now) => type switch
    {
        "string" => JsonTree.AsText(value) ?? JsonTree.Text(value),
        "integer" => JsonTree.AsInteger(value) ?? (object?)(long?)JsonTree.AsNumber(value),
        "number" => JsonTree.AsNumber(value),
        "boolean" => JsonTree.AsBoolean(value),
        "date" when JsonTree.AsText(value) is { } text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? Ages.Of(time, now) : "<invalid>",
        _ => null,
    };
}
