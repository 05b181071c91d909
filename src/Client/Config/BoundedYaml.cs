using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace KubeSharp.Client.Config;

/// <summary>Reads files of YAML into trees. The library builds a tree by recursion, so that depth without bounds would end the process.</summary>
public static class BoundedYaml
{
    private const int MaxDepth = 200;

    /// <exception cref="YamlException">Not YAML, or nested too deep.</exception>
    public static YamlStream Load(TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new Parser(new YamlDotNet.Core.Parser(text)));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The library's way of saying that its input ended in the middle of something.
            throw new YamlException(e.Message, e);
        }

        return stream;
    }

    private sealed class Parser(IParser inner) : IParser
    {
        private int _depth;

        public ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            if (!inner.MoveNext())
                return false;

            _depth += inner.Current?.NestingIncrease ?? 0;
            return _depth <= MaxDepth ? true : throw new YamlException("the document is nested too deep");
        }
    }
}
