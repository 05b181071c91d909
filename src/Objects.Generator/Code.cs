using System.Text;

namespace KubeSharp.Objects.Generator;

/// <summary>Text with indentation.</summary>
internal sealed class Code
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public Code Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        return this;
    }

    public Code Open(string line)
    {
        Line(line);
        Line("{");
        _depth++;
        return this;
    }

    public Code Close(string after = "")
    {
        _depth--;
        return Line("}" + after);
    }

    public override string ToString() => _text.ToString();
}
