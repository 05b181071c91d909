using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace KubeSharp.Objects.Tests;

/// <summary>Any type, and a JSON document that is valid by its schema. Smaller documents count as simpler, so a failure shrinks.</summary>
internal sealed class DocumentGen : Gen<DocumentGen.Case>
{
    private const int Budget = 150;
    private const int MaxDepth = 8;

    private static readonly string[] Texts =
        ["", "a", "Ärger", "日本語", "\U0001F600", "<a href=\"x\">&</a>", "back\\slash", "tab\tline\n\r\b\f", "\u0001\u2028\u2029", "kubernetes.io/name", "true", "1", "null", new('x', 300)];

    private static readonly string[] Quantities =
        ["0", "1", "-1", "100m", "1500m", "0.5", "1.5Gi", "64Mi", "1Ki", "1024", "1e3", "7E", "5n", "3u", "+7k", "0.001", "1000000", "1.5e-3", "2Ti"];

    private static readonly string[] Times =
        ["2024-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "2021-06-01T12:00:00.123456Z", "2021-06-01T12:00:00.5+02:00", "9999-12-31T23:59:59Z", "1900-01-01T00:00:01-11:30"];

    private static readonly string[] Raws =
        ["{}", "[]", "\"x\"", "1.50", "true", """{"a":{"b":[1,2,{"c":null}]},"d":"é"}""", """{"f:metadata":{"f:labels":{".":{}}}}""", "{ \"a\" : [ 1 ,\n 2 ] }"];

    /// <param name="Json">Text, because a text is immutable.</param>
    public sealed record Case(ApiType Type, string Json)
    {
        public override string ToString() => $"{Type}: {Json}";
    }

    public override Case Generate(PCG pcg, Size? min, out Size size)
    {
        var type = ApiType.All[(int)pcg.Next((uint)ApiType.All.Count)];
        var output = new ArrayBufferWriter<byte>();
        var left = (int)pcg.Next(Budget);
        var budget = left;
        using (var w = new Utf8JsonWriter(output))
            Object(w, type.Schema, pcg, ref left, 0);
        size = new Size((ulong)(budget - left));
        return new(type, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static void Object(Utf8JsonWriter w, Schema schema, PCG pcg, ref int left, int depth)
    {
        w.WriteStartObject();
        foreach (var field in schema.Fields)
        {
            if (left <= 0 || pcg.Next(100) >= (depth == 0 ? 60u : 30u))
                continue;

            w.WritePropertyName(field.Name);
            if (pcg.Next(20) == 0)
                w.WriteNullValue();
            else
                Value(w, field.Schema, pcg, ref left, depth + 1);
        }

        w.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter w, Schema schema, PCG pcg, ref int left, int depth)
    {
        left--;
        switch (schema.Type)
        {
            case SchemaType.Object:
                if (depth < MaxDepth)
                    Object(w, schema, pcg, ref left, depth);
                else
                    w.WriteRawValue("{}");
                break;
            case SchemaType.List:
                w.WriteStartArray();
                for (var n = pcg.Next(3); n > 0; n--)
                    Value(w, schema.Element!, pcg, ref left, depth + 1);
                w.WriteEndArray();
                break;
            case SchemaType.Map:
                w.WriteStartObject();
                for (var n = pcg.Next(4); n > 0; n--)
                {
                    w.WritePropertyName(string.Create(CultureInfo.InvariantCulture, $"{Pick(Texts, pcg)}{n}"));
                    Value(w, schema.Element!, pcg, ref left, depth + 1);
                }

                w.WriteEndObject();
                break;
            default:
                Scalar(w, schema, pcg);
                break;
        }
    }

    private static void Scalar(Utf8JsonWriter w, Schema schema, PCG pcg)
    {
        switch (schema.Type)
        {
            case SchemaType.Integer:
                w.WriteNumberValue(schema.Format == "int32" ? (int)Whole(pcg) : Whole(pcg));
                break;
            case SchemaType.Number:
                w.WriteNumberValue((pcg.Next(1000) - 500) * Math.Pow(10, (int)pcg.Next(50) - 25));
                break;
            case SchemaType.Boolean:
                w.WriteBooleanValue(pcg.Next(2) == 0);
                break;
            case SchemaType.IntOrString when pcg.Next(2) == 0:
                w.WriteNumberValue((int)Whole(pcg));
                break;
            case SchemaType.Quantity:
                w.WriteStringValue(Pick(Quantities, pcg));
                break;
            case SchemaType.Any:
                w.WriteRawValue(Pick(Choices.Of(schema) ?? Raws, pcg));
                break;
            case SchemaType.Text when schema.Format == "date-time":
                w.WriteStringValue(Pick(Times, pcg));
                break;
            case SchemaType.Text when schema.Format == "byte":
                w.WriteBase64StringValue(Encoding.UTF8.GetBytes(Pick(Texts, pcg)));
                break;
            default:
                w.WriteStringValue(Pick(Texts, pcg));
                break;
        }
    }

    private static long Whole(PCG pcg) => pcg.Next(6) switch
    {
        0 => 0,
        1 => long.MaxValue,
        2 => int.MinValue,
        3 => long.MinValue,
        _ => pcg.Next(1000) - 10L,
    };

    private static string Pick(string[] choices, PCG pcg) => choices[pcg.Next((uint)choices.Length)];
}
