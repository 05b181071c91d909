namespace KubeSharp.Objects.Generator;

/// <summary>Writes the protobuf reader and writer of a model, with the rules of gogo's generator: plain values always, pointers when set.</summary>
internal sealed class ProtobufEmitter(Code code)
{
    private const string Read = "global::KubeSharp.Machinery.ProtoRead.";
    private const string Nil = "global::KubeSharp.Machinery.Nil.";

    public void Emit(string name, IReadOnlyList<Member> members)
    {
        var numbered = members.Select((m, i) => (Member: m, Index: i)).Where(m => m.Member.Field.ProtoNumber > 0).ToList();
        EmitWriter(numbered.Select(n => n.Member).ToList(), 0);
        code.Line();
        EmitReader(name, numbered);
    }

    private void EmitWriter(List<Member> members, int depth)
    {
        code.Open("public void WriteProto(global::KubeSharp.Machinery.ProtoWriter writer)");
        EmitFields(members, depth);
        code.Close();
    }

    /// <summary>Fields in the order of their numbers; those of an inline struct within a message of its own.</summary>
    private void EmitFields(List<Member> members, int depth)
    {
        foreach (var group in members.GroupBy(m => m.Path.Count > depth ? m.Path[depth] : m.Field).OrderBy(g => g.Key.ProtoNumber))
        {
            if (group.First().Path.Count <= depth)
            {
                foreach (var member in group)
                    EmitField(member);
                continue;
            }

            code.Open("");
            code.Line($"var mark{depth} = writer.BeginMessage({group.Key.ProtoNumber});");
            EmitFields([.. group], depth + 1);
            code.Line($"writer.EndMessage(mark{depth});");
            code.Close();
        }
    }

    private void EmitField(Member member)
    {
        var shape = member.Shape;
        var number = member.Field.ProtoNumber;
        if (shape.Form == Form.List)
            code.Line(shape.IsListAlias
                ? $"if ({member.Name}.Count != 0) writer.Strings({number}, {member.Name});"
                : $"foreach (var item in {member.Name}) {{ {Value(shape.Element!, number, "item")} }}");
        else if (shape.Form == Form.Map)
            code.Line($"writer.Map({number}, {member.Name}, static (writer, item) => {{ {Value(shape.Element!, 2, "item")} }});");
        else if (shape.Form == Form.Bytes)
            code.Line($"if (!{Nil}Is({member.Name})) {Value(shape, number, member.Name)}");
        else if (shape.IsNullable)
            code.Line($"if ({member.Name} is {{ }} v{member.Name}) {{ {Value(shape, number, "v" + member.Name)} }}" + (shape.IsPointer ? "" : $" else writer.EmptyMessage({number});"));
        else
            code.Line(Value(shape, number, member.Name));
    }

    private static string Value(Shape shape, int number, string value) => shape.Form switch
    {
        Form.Struct => $"writer.Message({number}, {value});",
        Form.List => $"writer.Strings({number}, {value});",
        _ => $"writer.{shape.Form}({number}, {value});",
    };

    private void EmitReader(string name, List<(Member Member, int Index)> numbered)
    {
        code.Open($"public static {name} ReadProto(global::System.ReadOnlySpan<byte> message)");
        foreach (var (member, i) in numbered)
            code.Line(Local(member.Shape, member.PropertyType, i));
        EmitLoop(numbered, 0, "message");
        code.Open($"return new {name}");
        foreach (var (member, i) in numbered)
            code.Line($"{member.Name} = {Result(member.Shape, i)},");
        code.Close(";");
        code.Close().Line();
    }

    private void EmitLoop(List<(Member Member, int Index)> members, int depth, string source)
    {
        code.Line($"var reader{depth} = new global::KubeSharp.Machinery.ProtoReader({source});");
        code.Open($"while (reader{depth}.Next(out var field{depth}))");
        code.Open($"switch (field{depth})");
        foreach (var group in members.GroupBy(m => m.Member.Path.Count > depth ? m.Member.Path[depth] : m.Member.Field))
        {
            if (group.First().Member.Path.Count > depth)
            {
                code.Open($"case {group.Key.ProtoNumber}:");
                code.Line($"var inner{depth + 1}_{group.Key.ProtoNumber} = reader{depth}.Bytes();");
                EmitLoop([.. group], depth + 1, $"inner{depth + 1}_{group.Key.ProtoNumber}");
                code.Line("break;");
                code.Close();
                continue;
            }

            foreach (var (member, i) in group)
                code.Line($"case {member.Field.ProtoNumber}: {Take(member.Shape, i, $"reader{depth}")} break;");
        }

        code.Line($"default: reader{depth}.Skip(); break;");
        code.Close();
        code.Close();
    }

    private static string Local(Shape shape, string propertyType, int i) => shape.Form switch
    {
        Form.List => shape.IsListAlias
            ? $"{shape.Type} m{i} = {Nil}List<{shape.Element!.Type}>();"
            : $"global::System.Collections.Generic.List<{shape.Element!.Type}>? m{i} = null;",
        Form.Map => $"global::System.Collections.Generic.Dictionary<string, {shape.Element!.Type}>? m{i} = null;",
        Form.Text when !shape.IsNullable => $"string m{i} = \"\";",
        Form.Struct when !shape.IsNullable => $"{shape.Type} m{i} = {shape.Type}.Empty;",
        _ => $"{propertyType} m{i} = default;",
    };

    private static string Result(Shape shape, int i) => shape.Form switch
    {
        Form.List when !shape.IsListAlias => $"m{i} ?? {Nil}List<{shape.Element!.Type}>()",
        Form.Map => $"m{i} is null ? {Nil}Map<{shape.Element!.Type}>() : m{i}",
        _ => $"m{i}",
    };

    private static string Take(Shape shape, int i, string reader) => shape.Form switch
    {
        Form.List when !shape.IsListAlias => $"(m{i} ??= []).Add({Item(shape.Element!, reader)});",
        Form.Map => $"{Read}Entry(ref {reader}, m{i} ??= new(), static (ref global::KubeSharp.Machinery.ProtoReader reader) => {Item(shape.Element!, "reader")});",
        _ => $"m{i} = {Expression(shape, reader)};",
    };

    /// <summary>An element is never null; the zero time stands for an absent one.</summary>
    private static string Item(Shape shape, string reader) =>
        Expression(shape, reader) + (shape.Form is Form.Time or Form.MicroTime ? ".GetValueOrDefault()" : "");

    private static string Expression(Shape shape, string reader) => shape.Form switch
    {
        Form.Struct => $"{Read}Struct<{shape.Type}>(ref {reader})",
        Form.List => $"{Read}Strings(ref {reader})",
        _ => $"{Read}{shape.Form}(ref {reader})",
    };
}
