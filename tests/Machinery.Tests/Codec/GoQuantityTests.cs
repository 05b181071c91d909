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

        Assert.Empty(wrong);
        Assert.InRange(count, 2000, 3000);
    }

    /// <summary>Go wraps round where a result has no 64 bits; ours stays at the end of the range, so there the two are not compared.</summary>
    private static string Describe(Quantity quantity, string[] go) =>
        string.Create(CultureInfo.InvariantCulture, $"{quantity} {(Math.Abs(quantity.AsDouble) < long.MaxValue ? quantity.Value : go[3])} {(Math.Abs(quantity.AsDouble) < long.MaxValue / 1000 ? quantity.MilliValue : go[4])}");
}
