namespace KubeSharp.Machinery.Cel;

/// <summary>
/// What expressions may use: variables and libraries. Cheap: the libraries are shared. Build it, then compile with it from anywhere;
/// do not declare anything once something has been compiled.
/// </summary>
public sealed class CelEnvironment
{
    private static readonly Declarations StandardDeclarations = Declared(StandardLibrary.AddTo);
    private static readonly Declarations KubernetesDeclarations = Declared(KubernetesLibraries.AddTo);
    private readonly Declarations _declarations;
    private CelType? _self;

    private CelEnvironment(Declarations shared) => _declarations = new(shared);

    /// <summary>The language with its standard functions, and nothing else.</summary>
    public static CelEnvironment Standard() => new(StandardDeclarations);

    /// <summary>What Kubernetes v1.36 offers everywhere; authorizer, mutation and the variables are up to the caller.</summary>
    public static CelEnvironment Kubernetes() => new(KubernetesDeclarations);

    /// <summary>Declares a variable; its type says how a JSON document bound to it is checked.</summary>
    public CelEnvironment Variable(string name, CelType type)
    {
        if (name == "self")
            _self = type;
        _declarations.AddVariable(name, type);
        return this;
    }

    /// <summary>Declares an object type that expressions may make: <c>Name{field: value}</c>.</summary>
    public CelEnvironment WithType(CelType type)
    {
        _declarations.AddType(type);
        return this;
    }

    /// <summary>The functions of <c>authorizer</c>, whose values are <see cref="ICelAuthorizer"/>s.</summary>
    public CelEnvironment WithAuthorizer()
    {
        AuthorizerLibrary.AddTo(_declarations);
        return this;
    }

    /// <summary><c>Object{…}</c>, <c>Object.spec{…}</c>, <c>JSONPatch{…}</c> and <c>jsonpatch.escapeKey</c> of a MutatingAdmissionPolicy.</summary>
    public CelEnvironment WithMutation()
    {
        MutationLibrary.AddTo(_declarations);
        return this;
    }

    /// <summary><c>cel.bind</c>, which Kubernetes does not offer.</summary>
    public CelEnvironment WithBind()
    {
        _declarations.Macros.Add("bind", 3, hasTarget: true, StandardMacros.Bind);
        return this;
    }

    /// <summary>Parses, checks and plans an expression.</summary>
    /// <param name="expected">If given, the result must be exactly of this type; <c>dyn</c> is not good enough, as upstream has it.</param>
    public CelCompilation Compile(string expression, CelType? expected = null) => Compile(expression, expected is null ? [] : [expected]);

    /// <param name="expected">The result must be exactly of one of these types, if there are any.</param>
    public CelCompilation Compile(string expression, IReadOnlyList<CelType> expected)
    {
        var issues = new CelIssues(expression);
        var expr = Parser.Parse(expression, _declarations.Macros, issues);
        if (expr is not null)
            Checker.Check(expr, _declarations, issues);
        if (expr is not null && !issues.Any && _declarations.IsStrict)
            Validators.Check(expr, issues);
        if (expr is null || issues.Any)
            return new(null, issues, issues.ToString());
        if (expected.Count > 0 && !expected.Any(expr.Type.Is))
            return new(null, issues, $"must evaluate to {Expected(expected)} but got {expr.Type.FullName}");
        return new(new CelProgram(expression, expr, _self), issues, "");
    }

    private static string Expected(IReadOnlyList<CelType> types) => types.Count == 1 ? types[0].FullName : $"one of [{string.Join(' ', types.Select(t => t.FullName))}]";

    private static Declarations Declared(Action<Declarations> library)
    {
        var declarations = new Declarations();
        library(declarations);
        return declarations;
    }
}

/// <summary>A program, or what is wrong.</summary>
/// <param name="Program"><see langword="null"/> if the expression does not compile.</param>
/// <param name="Issues">What the parser and the checker found, with positions.</param>
/// <param name="Message">For the user: the issues as upstream shows them, or that the type of the result is wrong; empty if all is well.</param>
public sealed record CelCompilation(CelProgram? Program, CelIssues Issues, string Message);
