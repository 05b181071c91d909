using System.Text;

namespace KubeSharp.Machinery.Cel;

/// <summary>One thing that is wrong with an expression.</summary>
/// <param name="Line">From 1; -1 if the issue is with the expression as a whole.</param>
/// <param name="Column">From 1, in code points; 0 with line -1.</param>
/// <param name="Message">Without the position: <c>undeclared reference to 'x' (in container '')</c>.</param>
public sealed record CelIssue(int Line, int Column, string Message);

/// <summary>What is wrong with an expression, in the order of the text.</summary>
public sealed class CelIssues
{
    private const int MaxReported = 100;
    private const int MaxSnippet = 16384;
    private readonly string _source;
    private readonly List<CelIssue> _all = [];
    private int _count;

    internal CelIssues(string source) => _source = source;

    public IReadOnlyList<CelIssue> All => [.. _all.OrderBy(i => i.Line).ThenBy(i => i.Column)];

    public bool Any => _count > 0;

    /// <summary>As upstream shows them: each with the line and a mark under the place.</summary>
    public override string ToString()
    {
        var shown = All.Select(Show);
        return string.Join('\n', _count > MaxReported ? shown.Append($"{_count - MaxReported} more errors were truncated") : shown);
    }

    internal void Add(int offset, string message)
    {
        if (++_count > MaxReported)
            return;
        var line = 1;
        var start = 0;
        for (var i = 0; i < offset && i < _source.Length; i++)
        {
            if (_source[i] == '\n')
                (line, start) = (line + 1, i + 1);
        }

        _all.Add(new(line, CelText.Length(_source[start..Math.Min(offset, _source.Length)]) + 1, message));
    }

    internal void AddWhole(string message)
    {
        if (++_count <= MaxReported)
            _all.Add(new(-1, 0, message));
    }

    private string Show(CelIssue issue)
    {
        var head = $"ERROR: <input>:{issue.Line}:{issue.Column}: {issue.Message}";
        if (issue.Line < 1)
            return head;

        var line = _source.Split('\n')[issue.Line - 1];
        if (line.Length > MaxSnippet)
            return head;

        line = line.Replace('\t', ' ');
        var mark = new StringBuilder(head).Append("\n | ").Append(line).Append("\n | ");
        var column = 1;
        foreach (var rune in line.EnumerateRunes())
        {
            if (column++ >= issue.Column)
                return mark.Append(rune.IsAscii ? '^' : '＾').ToString();
            mark.Append(rune.IsAscii ? '.' : '．');
        }

        return mark.Append('^').ToString();
    }
}
