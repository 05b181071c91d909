using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeSharp.Kinds.Tests;

/// <summary>Rows of tables; <c>tests/Golden/README.md</c> tells which were recorded and which are upstream's printers read.</summary>
public sealed class ColumnsTests
{
    private static readonly BuiltIn Served = new(TimeProvider.System);

    public static TheoryData<string> Cases => [.. Goldens.Names("columns")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_has_upstreams_cells(string name)
    {
        var golden = Goldens.Read("columns", name);
        var (kind, obj) = Goldens.Decode(golden["object"]!);
        var now = DateTimeOffset.Parse((string)golden["now"]!, CultureInfo.InvariantCulture);

        Assert.Equal(golden["columns"]!.AsArray().Select(c => (string)c!), kind.Columns.Select(c => c.Name));
        Assert.Equal(golden["cells"]!.AsArray().Select(Text), kind.Cells(obj, now).Select(Text));
    }

    [Fact]
    public void Every_kind_fills_each_of_its_columns()
    {
        var wrong = from codec in ApiCatalog.AllCodecs
                    let kind = Served.Find(codec.Type.Group, codec.Type.Version, codec.Type.Kind)
                    let obj = codec.Decode("{}"u8.ToArray(), DecodeContext.Lenient)
                    where kind.Cells(obj, DateTimeOffset.UnixEpoch).Count != kind.Columns.Count
                    select $"{codec.Type.Kind} of {codec.Type.ApiVersion}";

        Assert.Empty(wrong);
    }

    /// <summary>A number is no text: clients sort and align by type.</summary>
    private static string Text(JsonNode? cell) => cell?.ToJsonString() ?? "null";

    private static string Text(object? cell) => cell switch
    {
        null => "null",
        string text => JsonValue.Create(text).ToJsonString(),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };
}
