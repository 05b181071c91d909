namespace KubeSharp.Scheduler.Framework;

/// <summary>A node selector, compiled: some term of several must hold. Matching allocates nothing.</summary>
internal sealed class NodeTerms
{
    private readonly Term[] _terms;

    private NodeTerms(IEnumerable<NodeSelectorTerm> terms) => _terms = [.. terms.Select(t => new Term(t))];

    public static NodeTerms Of(NodeSelector selector) => new(selector.NodeSelectorTerms);

    public static NodeTerms Of(NodeSelectorTerm term) => new([term]);

    public bool Matches(Node node)
    {
        foreach (var term in _terms)
        {
            if (term.Matches(node))
                return true;
        }

        return false;
    }

    /// <summary>The only nodes that can match, if every term names its nodes (a DaemonSet's pods do); otherwise <see langword="null"/>.</summary>
    public IReadOnlyCollection<string>? Names()
    {
        var names = new HashSet<string>();
        foreach (var term in _terms)
        {
            if (term.Names() is not { } own)
                return null;
            names.UnionWith(own);
        }

        return names;
    }

    private sealed class Term(NodeSelectorTerm term)
    {
        private readonly Requirement[] _labels = [.. term.MatchExpressions.Select(Compile)];
        private readonly Requirement[] _fields = [.. term.MatchFields.Select(Compile)];

        public bool Matches(Node node)
        {
            if (_labels.Length == 0 && _fields.Length == 0)
                return false; // an empty term matches nothing

            foreach (var field in _fields)
            {
                // metadata.name is the only field the API accepts here
                if (field.Values.Contains(node.Metadata.Name) != (field.Operator == SelectorOperator.In))
                    return false;
            }

            foreach (var label in _labels)
            {
                if (!label.Matches(node.Metadata.Labels))
                    return false;
            }

            return true;
        }

        public IEnumerable<string>? Names()
        {
            IEnumerable<string>? names = null;
            foreach (var field in _fields)
            {
                if (field is { Key: "metadata.name", Operator: SelectorOperator.In })
                    names = names?.Intersect(field.Values) ?? field.Values;
            }

            return names;
        }

        private static Requirement Compile(NodeSelectorRequirement requirement) => new(requirement.Key, OperatorOf(requirement.Operator), requirement.Values);

        private static SelectorOperator OperatorOf(string name) => name switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            "Gt" => SelectorOperator.GreaterThan,
            "Lt" => SelectorOperator.LessThan,
            _ => throw new FormatException($"\"{name}\" is not a valid node selector operator"),
        };
    }
}
