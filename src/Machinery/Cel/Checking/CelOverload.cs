namespace KubeSharp.Machinery.Cel;

/// <summary>Computes a function. The arguments have the kinds the overload declares; none is an error.</summary>
internal delegate CelValue CelFunction(ReadOnlySpan<CelValue> args);

/// <summary>The cost of a call that has been made.</summary>
internal delegate ulong RuntimeCost(ReadOnlySpan<CelValue> args, CelValue result);

/// <summary>One signature of a function.</summary>
/// <param name="Id">Upstream's name of the overload, which cost models go by.</param>
internal sealed record CelOverload(string Function, string Id, bool IsMember, IReadOnlyList<CelType> Args, CelType Result, CelFunction Invoke)
{
    /// <summary><see langword="null"/>: one unit.</summary>
    public RuntimeCost? Cost { get; } = RuntimeCosts.For(Function, Id);

    public bool IsGeneric { get; } = Args.Append(Result).Any(HasParameter);

    public bool Accepts(ReadOnlySpan<CelValue> args)
    {
        if (args.Length != Args.Count)
            return false;
        for (var i = 0; i < args.Length; i++)
        {
            var declared = Args[i];
            if (declared.Kind is CelKind.Dyn or CelKind.Parameter)
                continue;
            if (declared.Kind != args[i].Kind || (declared.Kind == CelKind.Opaque && declared.Name != args[i].AsOpaque.Type.Name))
                return false;
        }

        return true;
    }

    private static bool HasParameter(CelType type) => type.Kind == CelKind.Parameter || type.Parameters.Any(HasParameter);
}
