namespace KubeSharp.Machinery.Cel;

internal enum TokenKind : byte
{
    End,
    Name,

    /// <summary>A name between backticks.</summary>
    EscapedName,
    Int,
    Uint,
    Double,
    Text,
    Bytes,

    /// <summary>An operator, a bracket or one of the words <c>in true false null</c>.</summary>
    Symbol,
}

/// <summary>A token: where it begins, in UTF-16 units, and how long it is.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, string Text)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;
}
