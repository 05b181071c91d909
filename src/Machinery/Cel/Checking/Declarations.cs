namespace KubeSharp.Machinery.Cel;

/// <summary>What the checker may refer to: variables, types, functions, and the macros of the parser. Filled once, then only read.</summary>
/// <param name="parent">What is shared by many environments; nothing is added to it any more.</param>
internal sealed class Declarations(Declarations? parent = null)
{
    private readonly Dictionary<string, CelSymbol> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CelType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CelOverload>> _functions = new(StringComparer.Ordinal);
    private readonly List<Func<string, CelType?>> _resolvers = [];

    /// <summary>Whether <see cref="Validators"/> has a say, as in Kubernetes.</summary>
    public bool IsStrict { get; set; } = parent?.IsStrict ?? false;

    public MacroTable Macros { get; } = new(parent?.Macros);

    public void AddVariable(string name, CelType type) => _symbols[name] = new(name, type, IsGlobal: true);

    /// <summary>A type that expressions may name.</summary>
    public void AddType(CelType type)
    {
        _types[type.Name] = type;
        _symbols[type.Name] = new(type.Name, CelType.TypeOf(type), CelValue.Of(type));
    }

    /// <summary>Types that are only known by the form of their names.</summary>
    public void AddTypes(Func<string, CelType?> resolve) => _resolvers.Add(resolve);

    public void Function(string name, string id, CelType[] args, CelType result, CelFunction invoke) => Add(name, id, isMember: false, args, result, invoke);

    public void Member(string name, string id, CelType[] args, CelType result, CelFunction invoke) => Add(name, id, isMember: true, args, result, invoke);

    public IReadOnlyList<CelOverload>? FindFunction(string name) => _functions.TryGetValue(name, out var own) ? own : parent?.FindFunction(name);

    public CelType? FindType(string name) =>
        _types.TryGetValue(name, out var type) ? type : _resolvers.Select(resolve => resolve(name)).FirstOrDefault(t => t is not null) ?? parent?.FindType(name);

    public CelSymbol? FindSymbol(string name)
    {
        if (_symbols.TryGetValue(name, out var symbol))
            return symbol;
        if (parent?.FindSymbol(name) is { } shared)
            return shared;
        return FindType(name) is { } type ? new(name, CelType.TypeOf(type), CelValue.Of(type)) : null;
    }

    private void Add(string name, string id, bool isMember, CelType[] args, CelType result, CelFunction invoke)
    {
        if (!_functions.TryGetValue(name, out var overloads))
            _functions[name] = overloads = [.. parent?.FindFunction(name) ?? []];
        overloads.Add(new(name, id, isMember, args, result, invoke));
    }
}
