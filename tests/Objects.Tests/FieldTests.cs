using System.Text.Json.Nodes;

namespace KubeSharp.Objects.Tests;

/// <summary>Each field of each type on its own, so that none can be forgotten or hidden behind another.</summary>
public sealed class FieldTests
{
    [Fact]
    public void Every_field_survives_alone_in_json_and_in_protobuf()
    {
        var lost = new List<string>();
        var seen = 0;
        foreach (var type in ApiType.All)
        {
            foreach (var field in type.Schema.Fields)
            {
                var json = $$"""{"{{field.Name}}":{{Sample(field.Schema, 3)}}}""";
                var expected = Meaning.Of(type.Schema, json);
                // A struct without fields says nothing by itself: that it is there is tested with its kind.
                Assert.True(expected != "{}" || field.Schema is { Type: SchemaType.Object, Fields.Count: 0 }, $"{type}.{field.Name}");
                seen++;

                var context = DecodeContext.Strict();
                var value = type.Decode(System.Text.Encoding.UTF8.GetBytes(json), context);
                if (context.Findings.Count > 0 || Meaning.Of(type.Schema, type.Text(value)) != expected)
                    lost.Add($"json {type}.{field.Name}");
                if (!type.HasProtobuf || (Meaning.HasTypeMeta(type.Schema) && field.Name is ("kind" or "apiVersion")))
                    continue;

                var again = type.DecodeProtobuf(type.EncodeProtobuf(value));
                if (Meaning.WithoutTypeMeta(type.Schema, type.Text(again)) != Meaning.WithoutTypeMeta(type.Schema, json))
                    lost.Add($"protobuf {type}.{field.Name}");
            }
        }

        Assert.Empty(lost);
        Assert.Equal(ApiType.All.Sum(t => t.Schema.Fields.Count), seen);
        Assert.InRange(seen, 2700, 10_000);
    }

    [Fact]
    public void Every_row_of_the_table_is_a_field_of_its_type()
    {
        var schemas = ApiType.All.ToDictionary(t => t.Name, t => t.Schema);

        Assert.Empty(FieldTable.Rows.Where(r => r.Json != "-" && schemas[r.SchemaName].Find(r.Json) is null).Select(r => r.ToString()));
    }

    [Fact]
    public void A_pointers_zero_is_kept_and_a_plain_zero_is_omitted()
    {
        var schemas = ApiType.All.ToDictionary(t => t.Name);
        var wrong = new List<string>();
        var checkedFields = 0;
        foreach (var row in FieldTable.Rows.Where(r => r.Json != "-"))
        {
            var type = schemas[row.SchemaName];
            var zero = type.Schema.Find(row.Json)!.Schema switch
            {
                { Type: SchemaType.Integer } => "0",
                { Type: SchemaType.Boolean } => "false",
                { Type: SchemaType.Text, Format: "" } => "\"\"",
                _ => null,
            };
            if (zero is null)
                continue;

            checkedFields++;
            var written = JsonNode.Parse(type.Text(type.Decode($$"""{"{{row.Json}}":{{zero}}}""")))!.AsObject();
            var absent = JsonNode.Parse(type.Text(type.Decode("{}")))!.AsObject();
            if (written.ContainsKey(row.Json) != (row.IsPointer || !row.OmitsEmpty))
                wrong.Add($"{row} set to {zero}");
            if (absent.ContainsKey(row.Json) == row.OmitsEmpty)
                wrong.Add($"{row} absent");
        }

        Assert.Empty(wrong);
        Assert.InRange(checkedFields, 1100, 10_000);
    }

    private static string Sample(Schema schema, int depth) => schema.Type switch
    {
        SchemaType.Object when depth > 0 => $"{{{string.Join(',', schema.Fields.Where(f => f.Schema.Type is not (SchemaType.Object or SchemaType.List or SchemaType.Map) || depth > 1)
            .Select(f => $"\"{f.Name}\":{Sample(f.Schema, depth - 1)}"))}}}",
        SchemaType.Object => "{}",
        SchemaType.List => $"[{Sample(schema.Element!, depth - 1)}]",
        SchemaType.Map => $"{{\"k\":{Sample(schema.Element!, depth - 1)}}}",
        SchemaType.Integer => "7",
        SchemaType.Number => "2.5",
        SchemaType.Boolean => "true",
        SchemaType.Quantity => "\"1500m\"",
        SchemaType.IntOrString => "\"25%\"",
        SchemaType.Any => Choices.Of(schema)?[0] ?? """{"a":[1]}""",
        SchemaType.Text when schema.Format == "date-time" => "\"2024-05-06T07:08:09Z\"",
        SchemaType.Text when schema.Format == "byte" => "\"AQID\"",
        _ => "\"text\"",
    };
}
