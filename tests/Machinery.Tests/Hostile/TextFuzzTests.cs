using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Machinery.Tests.Cel;
using KubeSharp.Tests;

namespace KubeSharp.Machinery.Tests.Hostile;

/// <summary>The small languages of the API: whatever the text, it is understood, or refused as its parser says; and what is printed means what was read.</summary>
public sealed class TextFuzzTests
{
    private const int Many = 3_000;

    private static readonly string[] Selectors = ["app=web,tier!=db,env in (a, b),!legacy,n>3", "example.com/a notin (x,y,),b,c==", "a", "!a,b<-7"];
    private static readonly string[] SelectorPieces = ["=", "==", "!=", "!", "in", "notin", "(", ")", ",", "<", ">", " ", "a/b", "x", "'"];

    [Fact]
    public void Label_selectors_mean_what_they_print()
    {
        foreach (var text in Mutated.Texts(Selectors, SelectorPieces, Many))
        {
            Mutated.Bounded<FormatException>(text, () =>
            {
                var selector = SelectorParser.Parse(text);
                var printed = selector.ToString();
                var again = SelectorParser.Parse(printed);
                Assert.Equal(printed, again.ToString());
                Assert.Equal(selector.Requirements.Select(Meaning), again.Requirements.Select(Meaning));
                _ = selector.Matches(new Dictionary<string, string> { ["a"] = "4", ["n"] = text });
            });
        }

        static string Meaning(Requirement r) => $"{r.Key} {r.Operator} {string.Join('|', r.Values.Distinct().Order(StringComparer.Ordinal))}";
    }

    [Fact]
    public void Field_selectors_are_read_or_refused()
    {
        string[] seeds = ["metadata.name=x,spec.nodeName!=y", @"a==b\,c\=d\\", "a=,b!=", "status.phase=Running"];
        foreach (var text in Mutated.Texts(seeds, ["=", "==", "!=", ",", "\\", "\\\\", "\\,", "!", ".", "a"], Many))
            Mutated.Bounded<FormatException>(text, () => _ = FieldSelector.Parse(text).Matches(new Dictionary<string, string> { ["a"] = "b" }));
    }

    [Fact]
    public void A_value_that_is_escaped_comes_through_a_field_selector()
    {
        foreach (var value in Mutated.Texts(["a,b=c\\d", "plain", "\\,"], [",", "=", "\\", "!"], Many))
        {
            var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);
            Assert.Equal([new FieldRequirement("f", value, IsEqual: false), new FieldRequirement("g", value, IsEqual: true)], FieldSelector.Parse($"f!={escaped},g={escaped}").Requirements);
        }
    }

    [Theory]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: 61")]
    [InlineData(@"a=b\c", @"invalid field selector: invalid escape sequence: \c")]
    [InlineData(@"a=b\", @"invalid field selector: invalid escape sequence: \")]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    public void A_field_selector_that_is_none_is_refused_in_upstreams_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => FieldSelector.Parse(text)).Message);

    [Fact]
    public void Quantities_mean_what_they_print()
    {
        string[] seeds = ["1", "100m", "1.5Gi", "-3n", "1e3", "+0.5E-2", "9223372036854775807", "12Ei", ".5k", "1.Mi"];
        foreach (var text in Mutated.Texts(seeds, ["m", "k", "Ki", "Mi", "Ei", "E", "e", "e9", "e-9", "E+", "n", "u", ".", "+", "-", "0", "9", "2147483647", "-2147483648"], Many))
        {
            if (!Quantity.TryParse(text, out var quantity))
                continue;

            var printed = quantity.ToString();
            Assert.True(Quantity.TryParse(printed, out var again) && again == quantity, $"{text} is printed as {printed}");
            _ = (quantity + again, quantity - again, quantity.Value, quantity.MilliValue, quantity.AsDouble, quantity.RoundedToMilli());
        }
    }

    [Theory]
    [InlineData("1e-2147483648", "1n")]
    [InlineData("0.00001e-2147483647", "1n")]
    [InlineData("-1e-2147483648", "-1n")]
    [InlineData("1e2147483647", "9223372036854775807")]
    public void An_exponent_far_away_is_nearly_nothing_or_as_much_as_there_is(string text, string same) => Assert.Equal(Quantity.Parse(same), Quantity.Parse(text));

    [Fact]
    public void Address_blocks_mean_what_they_print()
    {
        string[] seeds = ["10.0.0.0/8", "192.168.1.7/24", "fd00::/64", "::ffff:10.0.0.1/120", "0.0.0.0/0", "::/0", "1.2.3.4/32", "fe80::1/128"];
        foreach (var text in Mutated.Texts(seeds, ["/", ".", ":", "::", "0", "255", "256", "f", "%eth0", "129", "33"], Many))
        {
            if (AddressBlock.Find(text) is not { } block)
                continue;

            Assert.True(AddressBlock.Find(block.ToString()) is { } again && again.ToString() == block.ToString(), $"{text} is printed as {block}");
            Assert.True(block.Contains(block), text);
            if (block.Count > 0)
                Assert.True(block.Has(block.At(0)) && block.Has(block.At(block.Count - 1)), text);
        }
    }

    [Fact]
    public void Paths_into_objects_are_read_or_refused_and_always_end()
    {
        string[] seeds = [".spec.replicas", "$.a['b'].c[0:2]", ".status.conditions[?(@.type==\"Ready\")].status", "..x[*].y", ".a\\.b[-1,2,'z']", ".items[?(@.n>=2.5)].m"];
        string[] pieces = [".", "..", "[", "]", "[*]", "*", "'", "\"", "?(", ")]", "@", "==", "<", ">=", ":", ",", "-1", "0", "\\", "$", "2147483647", "-2147483648", "1:2147483647:2147483647", "a", "1e999"];
        var document = JsonNode.Parse("""{"a":{"b":[1,2.5,"x",null,{"type":"Ready","n":3}],"a.b":{}},"items":[{"n":1,"m":[]},{"n":"2"}],"status":{"conditions":[{"type":"Ready","status":"True"}]}}""");
        foreach (var text in Mutated.Texts(seeds, pieces, Many))
            Mutated.Bounded(text, () => Assert.InRange(JsonPath.TryParse(text)?.Find(document).Take(1000).Count() ?? 0, 0, 1000));
    }

    [Theory]
    [InlineData(".a[99999999999]")]
    [InlineData(".a[?(@.x!=1e99999)]")]
    [InlineData(".a[1:2:99999999999]")]
    [InlineData(".a[?(@.x<)]")]
    public void A_path_with_numbers_beyond_all_bounds_is_none(string path)
    {
        var parsed = JsonPath.TryParse(path);
        Assert.Empty(parsed?.Find(JsonNode.Parse("""{"a":[{"x":1},2,3]}""")) ?? []);
    }

    [Theory]
    [InlineData(".a[1:3:2147483647]", "2")]
    [InlineData(".a[2147483647]", null)]
    public void A_slice_of_great_steps_ends(string path, string? found) =>
        Assert.Equal(found, JsonPath.TryParse(path)!.Find(JsonNode.Parse("""{"a":[1,2,3]}""")).SingleOrDefault()?.ToJsonString());

    [Fact]
    public void Formats_answer_yes_or_no()
    {
        string[] names = ["bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5", "isbn", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "date", "duration", "date-time", "k8s-short-name", "k8s-long-name", "none-such"];
        string[] seeds = ["https://a.b:1/c?d=e#f", "a@b.c", "host.example.com", "10.0.0.1", "fe80::1", "10.0.0.0/8", "01:23:45:67:89:ab", "0123.4567.89ab", "de305d54-75b4-431b-adb2-eb6b9e546014", "0-306-40615-2", "978-0-306-40615-7", "4111111111111111", "123-45-6789", "#ff00aa", "rgb(1, 22, 255)", "aGVsbG8=", "2024-02-29", "1h2.5m", "3 days", "2024-02-29T12:00:00.5+01:00"];
        foreach (var text in Mutated.Texts(seeds, ["-", ":", ".", "/", "@", "[", "]", "%", "1", "f", "Z"], Many / 3))
        {
            foreach (var name in names)
                Mutated.Bounded(text, () => Formats.Matches(name, text), 4 << 20);
        }
    }

    [Fact]
    public void Times_mean_what_they_print()
    {
        foreach (var text in Mutated.Texts(["2020-02-29T12:34:56Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999999-23:59"], ["Z", "+24:60", "-", ".", ",", "00", "T"], Many))
        {
            if (CelTimestamp.TryParse(text, out var time))
                Assert.True(CelTimestamp.TryParse(time.ToString(), out var again) && again == time, $"{text} is printed as {time}");
        }

        foreach (var text in Mutated.Texts(["1h30m", "1.5s", "-3ms", "0", "2562047h47m16.854775807s", "-9223372036854775808ns"], ["h", "m", "s", "ms", "us", "µs", "ns", ".", "-", "+", "9"], Many))
            Mutated.Bounded(text, () => CelDurations.TryParse(text, out _));
    }

    /// <summary>The parsers behind the functions of CEL that take texts, with texts that no compiler has seen.</summary>
    [Fact]
    public void Functions_of_texts_give_values_or_errors()
    {
        string[] expressions =
        [
            "isQuantity(p) && quantity(p).add(quantity(p)).compareTo(quantity(p)) >= -1", "isIP(p) && ip(ip.isCanonical(p) ? p : '::1').family() > 0 && string(ip(p)) != ''",
            "isCIDR(p) && cidr(p).containsIP(cidr(p).ip()) && cidr(p).masked() == cidr(p).masked()", "isURL(p) && url(p).getHostname() + url(p).getPort() + url(p).getEscapedPath() != p && url(p).getQuery().size() >= 0",
            "isSemver(p) && semver(p).compareTo(semver(p)) == 0 && semver(p).major() >= 0", "isSemver(p, true)", "!format.dns1123Label().validate(p).hasValue()", "format.named(p).hasValue()",
            "duration(p) > duration('1s')", "timestamp(p).getFullYear() > 0", "int(p) > 0 || uint(p) > 0u || double(p) > 0.0 || bool(p)", "timestamp('2020-01-01T00:00:00Z').getHours(p) > 0", "p.format([p, p])", "string(bytes(p)) == p",
        ];
        var programs = expressions.Select(e => Programs.Compiled(CelEnvironment.Kubernetes().Variable("p", CelType.Text), e)).ToArray();
        string[] seeds = ["1.5Gi", "10.0.0.1", "fd00::1", "10.0.0.0/8", "https://u:p@a.b:80/c%20d?e=f&e=g#h", "1.2.3-rc.1+b", "v1", "dns1123Label", "1h", "2020-01-01T00:00:00Z", "-12", "1e5", "Europe/Berlin", "-07:30", "%s %d %.3f %x"];
        foreach (var text in Mutated.Texts(seeds, [".", ":", "/", "-", "%", "%2", "[", "]", "@", "?", "&", "..", "%99999999999d", "e", "/33", "../x"], Many / 3))
        {
            var bindings = new CelBindings().Set("p", CelValue.Of(text));
            foreach (var program in programs)
                Mutated.Bounded(text, () => _ = program.Run(bindings).Value.ToString(), 4 << 20);
        }
    }

    [Fact]
    public void Scaled_numbers_and_names_are_numbers_or_nothing()
    {
        foreach (var text in Mutated.Texts(["25%", "-100%", "8080", "http"], ["%", "-", "2147483647", "-2147483648%"], Many))
        {
            IntOrString value = text;
            _ = (value.Scaled(int.MaxValue, roundsUp: true), value.Scaled(100, roundsUp: false), value.ToString());
            _ = NameRules.QualifiedName(text).Concat(NameRules.LabelValue(text)).Concat(NameRules.Dns1123Label(text)).Concat(NameRules.Dns1123Subdomain(text)).Count();
        }
    }
}
