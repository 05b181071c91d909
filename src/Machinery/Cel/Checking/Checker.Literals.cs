namespace KubeSharp.Machinery.Cel;

/// <summary>Literals and loops.</summary>
internal sealed partial class Checker
{
    private CelType List(ListExpr expr)
    {
        CelType? common = null;
        foreach (var (value, isOptional) in expr.Elements)
        {
            Visit(value);
            common = Join(common, Unwrapped(value, isOptional));
        }

        return CelType.List(common ?? _types.NewVariable());
    }

    private CelType Map(MapExpr expr)
    {
        CelType? key = null, value = null;
        foreach (var entry in expr.Entries)
        {
            key = Join(key, Visit(entry.Key));
            Visit(entry.Value);
            value = Join(value, Unwrapped(entry.Value, entry.IsOptional));
        }

        return CelType.Map(key ?? _types.NewVariable(), value ?? _types.NewVariable());
    }

    private CelType Unwrapped(Expr value, bool isOptional)
    {
        var type = value.Type;
        if (!isOptional)
            return type;
        if (type.IsOptional)
            return type.Element;
        if (!type.IsDyn)
            Mismatch(value, CelType.Optional(type), type);
        return type;
    }

    private CelType Struct(StructExpr expr)
    {
        var symbol = _declarations.FindType(expr.Name.TrimStart('.'));
        if (symbol is null)
        {
            Undeclared(expr, expr.Name);
            return CelType.Error;
        }

        var type = symbol;
        if (type.Kind != CelKind.Object)
        {
            _issues.Add(expr.At, $"'{type.Name}' is not a message type");
            type = CelType.Error;
        }

        foreach (var field in expr.Fields)
        {
            Visit(field.Value);
            var declared = type.FindField(field.Name)?.Type;
            if (declared is null)
            {
                if (type.Kind == CelKind.Object)
                    _issues.Add(field.At, $"undefined field '{field.Name}'");
                continue;
            }

            var given = Unwrapped(field.Value, field.IsOptional);
            if (!_types.IsAssignable(declared, given))
                _issues.Add(field.At, $"expected type of field '{field.Name}' is '{declared}' but provided type is '{_types.Substitute(given, toDyn: true)}'");
        }

        return type;
    }

    private CelType Fold(FoldExpr expr)
    {
        Visit(expr.Range);
        var accumulator = Visit(expr.Initial);
        var range = _types.Substitute(expr.Range.Type, toDyn: false);
        CelType first, second;
        switch (range.Kind)
        {
            case CelKind.List:
                (first, second) = expr.Variable2 is null ? (range.Element, range.Element) : (CelType.Int, range.Element);
                break;
            case CelKind.Map:
                (first, second) = (range.Parameters[0], range.Element);
                break;
            case CelKind.Dyn or CelKind.Error or CelKind.Parameter:
                _types.IsAssignable(CelType.Dyn, range);
                (first, second) = (CelType.Dyn, CelType.Dyn);
                break;
            default:
                _issues.Add(expr.Range.At, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)");
                (first, second) = (CelType.Error, CelType.Error);
                break;
        }

        expr.AccumulatorSymbol = new(expr.AccumulatorName, accumulator);
        expr.VariableSymbol = new(expr.Variable, first);
        expr.Variable2Symbol = expr.Variable2 is null ? null : new(expr.Variable2, second);
        _locals.Add(expr.AccumulatorSymbol);
        var outer = _locals.Count;
        _locals.Add(expr.VariableSymbol);
        if (expr.Variable2Symbol is not null)
            _locals.Add(expr.Variable2Symbol);

        Require(expr.Condition, CelType.Bool);
        Require(expr.Step, accumulator);
        _locals.RemoveRange(outer, _locals.Count - outer);
        Visit(expr.Result);
        _locals.RemoveAt(_locals.Count - 1);
        return _types.Substitute(expr.Result.Type, toDyn: false);
    }

    private void Require(Expr expr, CelType type)
    {
        Visit(expr);
        if (!_types.IsAssignable(type, expr.Type))
            Mismatch(expr, type, expr.Type);
    }

    /// <summary>The common type of the elements of a literal; a mixture is <c>dyn</c> here and the matter of <see cref="Validators"/>.</summary>
    private CelType Join(CelType? previous, CelType current) =>
        previous is null ? current
        : _types.IsAssignable(previous, current) ? TypeUnifier.MostGeneral(previous, current)
        : CelType.Dyn;
}
