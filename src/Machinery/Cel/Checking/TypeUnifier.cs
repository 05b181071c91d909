using System.Globalization;

namespace KubeSharp.Machinery.Cel;

/// <summary>Decides which types fit, binding the parameters of generic functions on the way.</summary>
internal sealed class TypeUnifier
{
    /// <summary>Far more than any expression of the allowed length takes.</summary>
    private const int MaxWork = 20_000_000;
    private readonly Dictionary<string, CelType> _bound = new(StringComparer.Ordinal);
    private readonly Stack<(string Name, CelType? Before)> _trail = new();
    private int _fresh;
    private int _work;

    public CelType NewVariable() => CelType.Parameter("_var" + _fresh++.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether a value of type <paramref name="from"/> may stand where <paramref name="to"/> is expected; if not, nothing stays bound.</summary>
    public bool IsAssignable(CelType to, CelType from)
    {
        _trail.Clear();
        if (Fits(to, from))
            return true;
        Undo();
        return false;
    }

    public bool AreAssignable(IReadOnlyList<CelType> to, IReadOnlyList<CelType> from)
    {
        _trail.Clear();
        if (Fit(to, from))
            return true;
        Undo();
        return false;
    }

    /// <summary>Replaces bound parameters; what is left unbound becomes <c>dyn</c> if <paramref name="toDyn"/>.</summary>
    public CelType Substitute(CelType type, bool toDyn)
    {
        Work();
        if (type.Kind == CelKind.Parameter)
            return _bound.TryGetValue(type.Name, out var bound) ? Substitute(bound, toDyn) : toDyn ? CelType.Dyn : type;
        if (type.Parameters.Count == 0)
            return type;

        var changed = false;
        var parameters = new CelType[type.Parameters.Count];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = Substitute(type.Parameters[i], toDyn);
            changed |= !ReferenceEquals(parameters[i], type.Parameters[i]);
        }

        return changed ? type.With(parameters) : type;
    }

    public static CelType Instantiate(CelType type, Dictionary<string, CelType> variables, TypeUnifier unifier)
    {
        if (type.Kind == CelKind.Parameter)
        {
            if (!variables.TryGetValue(type.Name, out var variable))
                variables[type.Name] = variable = unifier.NewVariable();
            return variable;
        }

        return type.Parameters.Count == 0 ? type : type.With([.. type.Parameters.Select(p => Instantiate(p, variables, unifier))]);
    }

    public static CelType MostGeneral(CelType a, CelType b) => IsEqualOrLessSpecific(a, b) ? a : b;

    /// <summary>Parameters bound to types with parameters can stand for exponentially large types.</summary>
    private void Work()
    {
        if (++_work > MaxWork)
            throw new TypesTooComplexException();
    }

    private void Undo()
    {
        while (_trail.TryPop(out var step))
        {
            if (step.Before is null)
                _bound.Remove(step.Name);
            else
                _bound[step.Name] = step.Before;
        }
    }

    private void Bind(CelType variable, CelType type)
    {
        _trail.Push((variable.Name, _bound.GetValueOrDefault(variable.Name)));
        _bound[variable.Name] = type;
    }

    private bool Fits(CelType a, CelType b)
    {
        Work();
        if (b.Kind == CelKind.Parameter)
        {
            var (fits, isBound) = FitsVariable(a, b);
            if (fits)
                return true;
            if (isBound)
                return false;
        }

        if (a.Kind == CelKind.Parameter)
            return FitsVariable(b, a).Fits;
        if (a.Kind is CelKind.Dyn or CelKind.Error || b.Kind is CelKind.Dyn or CelKind.Error)
            return true;
        if (a.Kind == CelKind.Null)
            return IsNullable(b);
        if (b.Kind == CelKind.Null)
            return IsNullable(a);
        if (a.Kind != b.Kind)
            return false;
        return a.Kind switch
        {
            CelKind.Type => true,
            CelKind.List or CelKind.Map or CelKind.Optional => Fit(a.Parameters, b.Parameters),
            _ => a.Name == b.Name,
        };
    }

    private bool Fit(IReadOnlyList<CelType> a, IReadOnlyList<CelType> b)
    {
        if (a.Count != b.Count)
            return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (!Fits(a[i], b[i]))
                return false;
        }

        return true;
    }

    private (bool Fits, bool IsBound) FitsVariable(CelType type, CelType variable)
    {
        if (type.Kind == CelKind.Parameter && type.Name == variable.Name)
            return (true, true);
        if (_bound.TryGetValue(variable.Name, out var bound))
        {
            if (type.Is(bound))
                return (true, true);
            if (!Fits(type, bound))
                return (false, true);
            var general = MostGeneral(type, bound);
            if (IsFreeOf(variable, general))
                Bind(variable, general);
            return (true, true);
        }

        if (!IsFreeOf(variable, type))
            return (false, false);
        Bind(variable, type);
        return (true, false);
    }

    /// <summary>The occurs check: a parameter must not be bound to a type that contains it.</summary>
    private bool IsFreeOf(CelType variable, CelType type)
    {
        Work();
        if (type.Kind == CelKind.Parameter)
            return type.Name != variable.Name && (!_bound.TryGetValue(type.Name, out var bound) || IsFreeOf(variable, bound));
        foreach (var parameter in type.Parameters)
        {
            if (!IsFreeOf(variable, parameter))
                return false;
        }

        return true;
    }

    private static bool IsNullable(CelType type) =>
        type.Kind is CelKind.Null or CelKind.Opaque or CelKind.Optional or CelKind.Object or CelKind.Duration or CelKind.Timestamp;

    private static bool IsEqualOrLessSpecific(CelType a, CelType b)
    {
        if (a.Kind is CelKind.Dyn or CelKind.Parameter)
            return true;
        if (b.Kind is CelKind.Dyn or CelKind.Parameter || a.Kind != b.Kind)
            return false;
        if (a.Kind == CelKind.Type)
            return true;
        if (a.Name != b.Name || a.Parameters.Count != b.Parameters.Count)
            return false;
        for (var i = 0; i < a.Parameters.Count; i++)
        {
            if (!IsEqualOrLessSpecific(a.Parameters[i], b.Parameters[i]))
                return false;
        }

        return true;
    }
}

/// <summary>Ends a check from within; never leaves <see cref="Checker"/>.</summary>
internal sealed class TypesTooComplexException : Exception;
