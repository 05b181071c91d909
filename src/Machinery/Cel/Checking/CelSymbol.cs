namespace KubeSharp.Machinery.Cel;

/// <summary>What a name means: a variable of the environment or of a macro, or a type.</summary>
/// <param name="Constant">The value, if the name is that of a type.</param>
/// <param name="IsGlobal">Given from outside, and so the root of a path that has declared sizes.</param>
internal sealed record CelSymbol(string Name, CelType Type, CelValue? Constant = null, bool IsGlobal = false)
{
    public bool Equals(CelSymbol? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
