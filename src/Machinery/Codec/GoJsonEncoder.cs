using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace KubeSharp.Machinery;

/// <summary>Escapes what Go's <c>encoding/json</c> escapes, and as it does: control characters, quotes, <c>&lt; &gt; &amp;</c> and the two line separators; everything else is written as it is.</summary>
/// <remarks>The encoders that come with .NET cannot be told to leave characters beyond U+FFFF alone. The base class speaks in pointers, hence the unsafe code.</remarks>
internal sealed class GoJsonEncoder : JavaScriptEncoder
{
    private const string Controls = "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";
    private const string Special = Controls + "\"\\<>&";

    /// <summary>The first byte of U+2028 and U+2029.</summary>
    private const byte SeparatorLead = 0xe2;

    private static readonly SearchValues<char> Chars = SearchValues.Create(Special + "\u2028\u2029");
    private static readonly SearchValues<byte> Bytes = SearchValues.Create([.. Encoding.ASCII.GetBytes(Special), SeparatorLead]);

    public static GoJsonEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar < ' ' || unicodeScalar is '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) => FindFirst(new ReadOnlySpan<char>(text, textLength));

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        var special = FindSpecial(utf8Text);
        var plain = special < 0 ? utf8Text : utf8Text[..special];
        return Utf8.IsValid(plain) ? special : FindInvalid(plain);
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        Span<char> written = stackalloc char[12];
        numberOfCharactersWritten = Escape(unicodeScalar, written);
        return written[..numberOfCharactersWritten].TryCopyTo(new Span<char>(buffer, bufferLength)) || Fail(out numberOfCharactersWritten);
    }

    private static bool Fail(out int written)
    {
        written = 0;
        return false;
    }

    private static int FindFirst(ReadOnlySpan<char> text)
    {
        var special = text.IndexOfAny(Chars);
        var plain = special < 0 ? text : text[..special];
        for (var from = plain.IndexOfAnyInRange('\ud800', '\udfff'); from >= 0 && from < plain.Length; from += 2)
        {
            var next = plain[from..].IndexOfAnyInRange('\ud800', '\udfff');
            if (next < 0)
                break;
            from += next;
            if (from + 1 >= plain.Length || !char.IsSurrogatePair(plain[from], plain[from + 1]))
                return from;
        }

        return special;
    }

    private static int FindSpecial(ReadOnlySpan<byte> text)
    {
        for (var from = 0; from < text.Length; from++)
        {
            var next = text[from..].IndexOfAny(Bytes);
            if (next < 0)
                return -1;
            from += next;
            if (text[from] != SeparatorLead || IsSeparator(text[from..]))
                return from;
        }

        return -1;
    }

    /// <summary>Whether the text begins with U+2028 or U+2029.</summary>
    public static bool IsSeparator(ReadOnlySpan<byte> text) => text is [SeparatorLead, 0x80, 0xa8 or 0xa9, ..];

    private static int FindInvalid(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text[i..], out _, out var length) != OperationStatus.Done)
                return i;
            i += length;
        }

        return -1;
    }

    private static int Escape(int scalar, Span<char> to)
    {
        to[0] = '\\';
        to[1] = scalar switch { '"' => '"', '\\' => '\\', '\b' => 'b', '\f' => 'f', '\n' => 'n', '\r' => 'r', '\t' => 't', _ => 'u' };
        if (to[1] != 'u')
            return 2;

        if (scalar > char.MaxValue)
        {
            var rune = new Rune(scalar);
            Span<char> pair = stackalloc char[2];
            rune.EncodeToUtf16(pair);
            return Escape(pair[0], to) + Escape(pair[1], to[6..]);
        }

        for (var i = 0; i < 4; i++)
            to[2 + i] = "0123456789abcdef"[(scalar >> (12 - 4 * i)) & 15];
        return 6;
    }
}
