using KubeSharp.Machinery.Cel;

namespace KubeSharp.Objects.Policies;

/// <summary>The type of <c>variables</c>: it has the variables of a policy that were compiled so far, so that each may use those before it.</summary>
/// <remarks>Not thread-safe while it is filled.</remarks>
public sealed class VariableTypes
{
    private readonly Dictionary<string, CelField> _fields = new(StringComparer.Ordinal);

    public VariableTypes() => Type = CelType.OpenObject("kubernetes.variables", Find);

    public CelType Type { get; }

    /// <summary>Declares <c>variables</c>; what is compiled with the environment sees the variables there are by then.</summary>
    public CelEnvironment DeclareIn(CelEnvironment environment) => environment.Variable("variables", Type);

    public CelField? Find(string name) => _fields.GetValueOrDefault(name);

    /// <param name="result">What its expression gives; absent if it does not compile.</param>
    public void Add(string name, CelType? result) => _fields[name] = new(name, result is null ? CelType.Dyn : Known(result));

    /// <summary>Of structures and of what libraries make upstream forgets the type between expressions.</summary>
    private static CelType Known(CelType type) => type.Kind switch
    {
        CelKind.List => CelType.List(Known(type.Parameters[0])),
        CelKind.Map => CelType.Map(Known(type.Parameters[0]), Known(type.Parameters[1])),
        CelKind.Bool or CelKind.Bytes or CelKind.Double or CelKind.Duration or CelKind.Int or CelKind.Null or CelKind.Text or CelKind.Timestamp or CelKind.Uint => type,
        _ => CelType.Dyn,
    };
}
