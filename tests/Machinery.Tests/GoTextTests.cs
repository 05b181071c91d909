namespace KubeSharp.Machinery.Tests;

public sealed class GoTextTests
{
    /// <summary>The rules of Go's strconv.Quote.</summary>
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain text~", "\"plain text~\"")]
    [InlineData("it's \"so\"", "\"it's \\\"so\\\"\"")]
    [InlineData("C:\\d", "\"C:\\\\d\"")]
    [InlineData("\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"")]
    [InlineData("\0\u001b\u007f", "\"\\x00\\x1b\\x7f\"")]
    [InlineData("\u0080\u009f", "\"\\u0080\\u009f\"")]
    [InlineData("é ☺ 日本", "\"é ☺ 日本\"")]
    [InlineData("a\u00a0b\u2003c", "\"a\\u00a0b\\u2003c\"")] // of all blanks only the ASCII one is printed
    [InlineData("\u200e\u2028\u2029\ufeff", "\"\\u200e\\u2028\\u2029\\ufeff\"")]
    [InlineData("e\u0301", "\"e\u0301\"")]
    [InlineData("\ue000\U000f0000", "\"\\ue000\\U000f0000\"")]
    [InlineData("\uffff\U0010ffff", "\"\\uffff\\U0010ffff\"")]
    [InlineData("😀", "\"😀\"")]
    public void Text_is_quoted_as_Go_quotes(string text, string expected) => Assert.Equal(expected, GoText.Quote(text));

    [Fact]
    public void Half_of_a_pair_becomes_the_sign_for_what_is_no_character() => Assert.Equal("\"a\ufffdb\"", GoText.Quote("a\ud800b"));
}
