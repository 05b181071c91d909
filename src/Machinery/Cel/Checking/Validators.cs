namespace KubeSharp.Machinery.Cel;

/// <summary>What upstream refuses although it would check: literals that cannot be right, and mixtures in lists and maps.</summary>
internal static class Validators
{
    public static void Check(Expr root, CelIssues issues) => Visit(root, issues, inFormat: false);

    private static void Visit(Expr expr, CelIssues issues, bool inFormat)
    {
        switch (expr)
        {
            case CallExpr call:
                Call(call, issues);
                inFormat |= call.Function == "format";
                break;
            case ListExpr list when !inFormat:
                CelType? first = null;
                foreach (var (value, isOptional) in list.Elements)
                {
                    if (Differs(ref first, value, isOptional, issues))
                        break;
                }

                break;
            case MapExpr map when !inFormat:
                CelType? key = null, item = null;
                foreach (var entry in map.Entries)
                {
                    Differs(ref key, entry.Key, isOptional: false, issues);
                    Differs(ref item, entry.Value, entry.IsOptional, issues);
                }

                break;
        }

        foreach (var child in Children(expr))
            Visit(child, issues, inFormat);
    }

    public static IEnumerable<Expr> Children(Expr expr) => expr switch
    {
        SelectExpr { Symbol: null } e => [e.Operand],
        CallExpr e => e.AllArgs,
        ListExpr e => e.Elements.Select(i => i.Value),
        MapExpr e => e.Entries.SelectMany(i => new[] { i.Key, i.Value }),
        StructExpr e => e.Fields.Select(f => f.Value),
        FoldExpr e => [e.Range, e.Initial, e.Condition, e.Step, e.Result],
        _ => [],
    };

    private static bool Differs(ref CelType? common, Expr value, bool isOptional, CelIssues issues)
    {
        var type = isOptional && value.Type.IsOptional ? value.Type.Element : value.Type;
        common ??= type;
        if (common.Is(type))
            return false;
        issues.Add(value.At, $"expected type '{common}' but found '{type}'");
        return true;
    }

    private static void Call(CallExpr call, CelIssues issues)
    {
        switch (call)
        {
            case { Function: "duration" or "timestamp", Args: [LiteralExpr argument] }:
                if (call.Overloads is [var overload] && overload.Accepts([argument.Value]) && overload.Invoke([argument.Value]).IsError)
                    issues.Add(argument.At, $"invalid {call.Function} argument");
                break;
            case { Function: "matches", Args: [LiteralExpr { Value.Kind: CelKind.Text } pattern, ..] }:
                if (Re2Pattern.Compile(pattern.Value.AsText, out _) is null)
                    issues.Add(pattern.At, "invalid matches argument");
                break;
            case { Function: "format", Target: LiteralExpr { Value.Kind: CelKind.Text } format, Args: [ListExpr list] }:
                if (StringFormat.Check(format.Value.AsText, [.. list.Elements.Select(e => e.Value.Type)]) is { } wrong)
                    issues.Add(wrong.Arg < 0 ? call.At : list.Elements[wrong.Arg].Value.At, wrong.Problem);
                break;
        }
    }
}
