namespace KubeSharp.Machinery.Cel;

/// <summary>A field of an object type.</summary>
/// <param name="Name">As expressions write it, escaped where <see cref="CelNames.TryEscape"/> says so.</param>
/// <param name="JsonName">As the document writes it.</param>
public sealed record CelField(string Name, string JsonName, CelType Type)
{
    public CelField(string name, CelType type)
        : this(name, name, type)
    {
    }
}
