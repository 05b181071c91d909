using CsCheck;

namespace KubeSharp.Objects.Tests;

public sealed class RoundTripTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void What_json_says_is_kept_and_written_alike_ever_after() =>
        new DocumentGen().Sample(
            c =>
            {
                var value = c.Type.Decode(c.Json);
                var first = c.Type.Encode(value);
                var again = c.Type.Decode(first, DecodeContext.Strict());

                Assert.Equal(Meaning.Of(c.Type.Schema, c.Json), Meaning.Of(c.Type.Schema, c.Type.Text(value)));
                Assert.Equal(first, c.Type.Encode(again));
                Assert.Equal(value, again);
                Assert.Equal(value.GetHashCode(), again.GetHashCode());
            },
            iter: Iterations);

    [Fact]
    public void Protobuf_says_what_json_says() =>
        new DocumentGen().Sample(
            c =>
            {
                if (c.Type.HasProtobuf)
                    AssertProtobufKeeps(c);
            },
            iter: Iterations);

    private static void AssertProtobufKeeps(DocumentGen.Case c)
    {
        var value = c.Type.Decode(c.Json);
        var first = c.Type.EncodeProtobuf(value);
        var again = c.Type.DecodeProtobuf(first);

        Assert.Equal(Meaning.WithoutTypeMeta(c.Type.Schema, c.Type.Text(value)), Meaning.WithoutTypeMeta(c.Type.Schema, c.Type.Text(again)));
        Assert.Equal(first, c.Type.EncodeProtobuf(again));
    }
}
