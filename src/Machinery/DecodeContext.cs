namespace KubeSharp.Machinery;

/// <summary>Collects, while one document is decoded, what is accepted but worth telling: unknown and duplicate fields.</summary>
/// <remarks>Not thread-safe: one instance per document. The path is kept only when <see cref="IsStrict"/>.</remarks>
public sealed class DecodeContext
{
    private readonly Stack<string> _path = new();
    private readonly List<string> _findings = [];

    private DecodeContext(bool isStrict) => IsStrict = isStrict;

    /// <summary>Ignores unknown fields, as reads of stored objects do.</summary>
    public static DecodeContext Lenient { get; } = new(false);

    public static DecodeContext Strict() => new(true);

    public bool IsStrict { get; }

    /// <summary><c>unknown field "spec.foo"</c> and <c>duplicate field "spec.replicas"</c>, in document order.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>The Go name of the struct being read, for messages about a field of it.</summary>
    internal string CurrentStruct { get; private set; } = "";

    /// <param name="name">With or without its package.</param>
    internal void Struct(string name)
    {
        if (IsStrict)
            CurrentStruct = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Where a value of the wrong type stands, as Go says it: <c>struct field PodSpec.spec.containers of type …</c>; indices are left out.</summary>
    internal string Place(string field)
    {
        var path = _path.Reverse().Where(s => s.Length > 0 && s[0] != '[').Append(field).Where(s => s.Length > 0);
        return CurrentStruct.Length == 0 ? "value" : $"struct field {CurrentStruct}.{string.Join('.', path)}";
    }

    public void Enter(string segment)
    {
        if (IsStrict)
            _path.Push(segment);
    }

    public void Leave()
    {
        if (IsStrict)
            _path.Pop();
    }

    public void Unknown(string field) => Add("unknown field", field);

    public void Duplicate(string field) => Add("duplicate field", field);

    private void Add(string what, string field)
    {
        if (IsStrict && _findings.Count < 100)
            _findings.Add($"{what} \"{string.Concat(_path.Reverse().Append(field).Select((s, i) => i == 0 || s.StartsWith('[') ? s : "." + s))}\"");
    }
}

/// <summary>The input is not a valid encoding. The message is fit for the client.</summary>
public sealed class DecodeException(string message, Exception? inner = null) : Exception(message, inner);
