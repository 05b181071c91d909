using System.Text;
using CsCheck;

namespace KubeSharp.Objects.Tests;

/// <summary>Whatever the bytes, a decoder answers with a value or a <see cref="DecodeException"/>.</summary>
public sealed class HostileInputTests
{
    private const int Iterations = 30_000;

    [Fact]
    public void Damaged_json_is_read_or_refused() => new HostileBytesGen(isProtobuf: false).Sample(
        c =>
        {
            var lenient = Outcome(() => c.Type.Decode(c.Bytes, DecodeContext.Lenient));
            var strict = Outcome(() => c.Type.Decode(c.Bytes, DecodeContext.Strict()));

            Assert.Equal(lenient, strict);
            if (lenient is not null)
                Assert.Equal(lenient, c.Type.Decode(c.Type.Encode(lenient), DecodeContext.Lenient));
        },
        iter: Iterations);

    [Fact]
    public void Damaged_protobuf_is_read_or_refused() => new HostileBytesGen(isProtobuf: true).Sample(
        c =>
        {
            if (Outcome(() => c.Type.DecodeProtobuf(c.Bytes)) is { } value && c.Type.HasProtobuf)
                Assert.Equal(Meaning.WithoutTypeMeta(c.Type.Schema, c.Type.Text(value)), Meaning.WithoutTypeMeta(c.Type.Schema, c.Type.Text(c.Type.DecodeProtobuf(c.Type.EncodeProtobuf(value)))));
        },
        iter: Iterations);

    [Fact]
    public void Noise_is_refused_or_read() => Gen.Select(Gen.Int[0, ApiType.All.Count - 1], Gen.Byte.Array[0, 60]).Sample(
        (i, bytes) =>
        {
            Outcome(() => ApiType.All[i].Decode(bytes, DecodeContext.Strict()));
            Outcome(() => ApiType.All[i].DecodeProtobuf(bytes));
            Outcome(() => ApiType.All[i].DecodeProtobuf([.. "k8s\0"u8, 0x12, (byte)bytes.Length, .. bytes]));
        },
        iter: Iterations);

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    public void A_number_beyond_any_float_is_refused(string number)
    {
        var type = ApiType.All.Single(t => t.Name == "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps");
        Assert.Throws<DecodeException>(() => type.Decode(Encoding.UTF8.GetBytes($$"""{"maximum":{{number}}}"""), DecodeContext.Lenient));
    }

    [Theory]
    [InlineData("{\"metadata\":", "1}")]
    [InlineData("{\"metadata\":{\"labels\":", "1}}")]
    [InlineData("{\"spec\":{\"versions\":[{\"schema\":{\"openAPIV3Schema\":{\"not\":", "1}}}]}}")]
    [InlineData("{\"unknown\":", "1}")]
    public void Ten_thousand_levels_of_json_are_refused(string before, string after)
    {
        foreach (var (open, close) in new[] { ("{\"not\":", "}"), ("[", "]"), ("{\"properties\":{\"a\":", "}}") })
        {
            var json = Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Repeat(open, 10_000)) + after[..1] + string.Concat(Enumerable.Repeat(close, 10_000)) + after[1..]);
            foreach (var type in ApiType.All.Where(t => t.Name.EndsWith(".Pod", StringComparison.Ordinal) || t.Name.EndsWith(".CustomResourceDefinition", StringComparison.Ordinal)))
                Assert.Throws<DecodeException>(() => type.Decode(json, DecodeContext.Lenient));
        }
    }

    [Fact]
    public void Five_hundred_levels_of_json_are_read_on_an_ordinary_thread()
    {
        var type = ApiType.All.Single(t => t.Name.EndsWith(".JSONSchemaProps", StringComparison.Ordinal));
        var json = string.Concat(Enumerable.Repeat("{\"not\":", 500)) + "{}" + new string('}', 500);
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => Assert.Equal(json, type.Text(type.DecodeProtobuf(type.EncodeProtobuf(type.Decode(json)))))));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void Ten_thousand_levels_of_protobuf_are_refused()
    {
        var type = ApiType.All.Single(t => t.Name.EndsWith(".JSONSchemaProps", StringComparison.Ordinal));
        var writer = new ProtoWriter();
        var marks = new Stack<int>();
        for (var i = 0; i < 10_000; i++)
            marks.Push(writer.BeginMessage(28)); // not
        while (marks.TryPop(out var mark))
            writer.EndMessage(mark);

        Assert.Throws<DecodeException>(() => type.DecodeProtobuf(Protobuf.Wrap(writer.Written.ToArray(), "v1", "JSONSchemaProps")));
    }

    private static object? Outcome(Func<object> decode)
    {
        try
        {
            return decode();
        }
        catch (DecodeException)
        {
            return null;
        }
    }
}
