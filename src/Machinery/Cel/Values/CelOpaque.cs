namespace KubeSharp.Machinery.Cel;

/// <summary>A value that only functions of its library look into: a quantity, an address, an authorizer.</summary>
public abstract class CelOpaque
{
    public abstract CelType Type { get; }

    /// <summary>Cost models measure it with this.</summary>
    public virtual ulong Size => 1;

    public abstract bool IsEqual(CelOpaque other);

    public virtual string Text => Type.Name;
}
