using System.Globalization;

namespace KubeSharp.Machinery.Tests.Codec;

/// <summary>What Go's resource.ParseQuantity makes of two thousand texts (tests/Interop/go, `goclient quantities`), and which it refuses.</summary>
public sealed class GoQuantityTests
{
    [Fact]
    public void A_quantity_is_what_Go_makes_of_it()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "goclient", "quantities.tsv")))
        {
            count++;
            var cells = line.Split('\t');
            var ours = Quantity.TryParse(cells[0], out var quantity) ? Describe(quantity, cells) : "refused";
            // The second cell is the text as Go remembers it, odd signs and all; the third is how it writes it when it must.
            var go = cells.Length == 1 ? "refused" : string.Join(' ', cells[2..]);
            if (ours != go)
                wrong.Add($"{cells[0]}: {ours}, not {go}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.InRange(count, 2000, 3000);
    }

    /// <summary>
    /// Where Go contradicts itself the two are not compared: it rounds some negative numbers the wrong way, wraps round where 64 bits do not suffice, and writes a
    /// thousand E without a suffix. Nor beyond 10^27, where ours ends.
    /// </summary>
    private static string Describe(Quantity quantity, string[] go)
    {
        var size = Math.Abs(quantity.AsDouble);
        var text = size < 1e21 || (quantity.Format == QuantityFormat.DecimalExponent && size < 1e27) ? quantity.ToString() : go[2];
        var whole = quantity.Sign >= 0 && size < long.MaxValue ? quantity.Value.ToString(CultureInfo.InvariantCulture) : go[3];
        var milli = quantity.Sign >= 0 && size < long.MaxValue / 1000 ? quantity.MilliValue.ToString(CultureInfo.InvariantCulture) : go[4];
        return $"{text} {whole} {milli}";
    }
}
