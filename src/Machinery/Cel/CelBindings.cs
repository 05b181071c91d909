namespace KubeSharp.Machinery.Cel;

/// <summary>The values of the variables for evaluations. Fill it, then share it.</summary>
public sealed class CelBindings
{
    private readonly Dictionary<string, CelValue> _values = new(StringComparer.Ordinal);

    public static CelBindings Empty { get; } = new();

    public CelBindings Set(string name, CelValue value)
    {
        _values[name] = value;
        return this;
    }

    public bool TryGet(string name, out CelValue value) => _values.TryGetValue(name, out value);
}
