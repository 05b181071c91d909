namespace KubeSharp.Objects.Generator;

/// <summary>Writes the JSON reader and writer of a model, with Go's rules.</summary>
internal sealed class JsonEmitter(Code code)
{
    private const string Read = "global::KubeSharp.Machinery.JsonRead.";
    private const string Write = "global::KubeSharp.Machinery.JsonWrite.";
    private const string Nil = "global::KubeSharp.Machinery.Nil.";

    public void Emit(string type, IReadOnlyList<Member> members, bool hasTypeMeta)
    {
        EmitReader(type, members, hasTypeMeta);
        EmitWriter(members, hasTypeMeta);
    }

    private void EmitReader(string type, IReadOnlyList<Member> members, bool hasTypeMeta)
    {
        var name = Names.TypeName(type);
        code.Open($"public static {name} ReadJson(ref global::System.Text.Json.Utf8JsonReader reader, global::KubeSharp.Machinery.DecodeContext context)");
        code.Line($"{Read}Begin(ref reader, context, {Names.Quote(type.Substring(type.IndexOf('.') + 1))});");
        foreach (var (member, i) in members.Select((m, i) => (m, i)))
            code.Line($"{member.PropertyType} m{i} = {Zero(member.Shape)};");
        if (hasTypeMeta)
            code.Line("string kind = \"\", apiVersion = \"\";");
        code.Line("ulong seen = 0, seenToo = 0;");
        code.Open($"while ({Read}Next(ref reader))");
        code.Open($"switch ({Read}NameLength(ref reader))");
        var cases = members.Select((m, i) => (m.Json, Index: i, Body: $"m{i} = {Read}IsNull(ref reader) ? {Zero(m.Shape)} : {Value(m.Shape, Names.Quote(m.Json))};")).ToList();
        if (hasTypeMeta)
        {
            cases.Add(("kind", members.Count, $"kind = {Read}Text(ref reader, context, \"kind\");"));
            cases.Add(("apiVersion", members.Count + 1, $"apiVersion = {Read}Text(ref reader, context, \"apiVersion\");"));
        }

        foreach (var length in cases.GroupBy(c => c.Json.Length).OrderBy(g => g.Key))
        {
            code.Line($"case {length.Key}:");
            foreach (var (json, index, body) in length)
            {
                var (word, bit) = index < 64 ? ("seen", index) : ("seenToo", index - 64);
                code.Open($"if (reader.ValueTextEquals({Names.Quote(json)}u8))");
                code.Line($"if (({word} & (1UL << {bit})) != 0) context.Duplicate({Names.Quote(json)});");
                code.Line($"{word} |= 1UL << {bit};");
                code.Line(body);
                code.Line("continue;");
                code.Close();
            }

            code.Line("break;");
        }

        if (cases.Count == 0)
            code.Line("default: break;");
        code.Close();
        code.Line($"{Read}Unknown(ref reader, context);");
        code.Close();
        code.Line("_ = seen | seenToo;");
        code.Open($"return new {name}");
        if (hasTypeMeta)
            code.Line("Kind = kind,").Line("ApiVersion = apiVersion,");
        foreach (var (member, i) in members.Select((m, i) => (m, i)))
            code.Line($"{member.Name} = m{i},");
        code.Close(";");
        code.Close().Line();
    }

    private static string Zero(Shape shape) => shape switch
    {
        { IsNullable: true, IsValue: true } => $"default({shape.Type}?)",
        { IsNullable: true } => "null",
        { Form: Form.Text } => "\"\"",
        { Form: Form.Struct } => $"{shape.Type}.Empty",
        { Form: Form.List } => $"{Nil}List<{shape.Element!.Type}>()",
        { Form: Form.Map } => $"{Nil}Map<{shape.Element!.Type}>()",
        _ => "default",
    };

    /// <summary>An expression that reads a value which is not null; the reader stands on its first token.</summary>
    private static string Value(Shape shape, string json) => shape.Form switch
    {
        Form.Text => $"{Read}Text(ref reader, context, {json})",
        Form.Struct => $"{Read}Struct<{shape.Type}>(ref reader, context, {json})",
        Form.List => $"{Read}List(ref reader, context, {json}, {Lambda(shape.Element!)})",
        Form.Map => $"{Read}Map(ref reader, context, {json}, {Lambda(shape.Element!)})",
        Form.Raw => $"{Read}Raw(ref reader)",
        _ => $"{Read}{shape.Form}(ref reader, context, {json})",
    };

    private static string Lambda(Shape element)
    {
        return $"static (ref global::System.Text.Json.Utf8JsonReader reader, global::KubeSharp.Machinery.DecodeContext context) => {Read}IsNull(ref reader) ? {(element.Form is Form.Time or Form.MicroTime ? "default" : Zero(element))} : {Value(element, "\"\"")}";
    }

    private void EmitWriter(IReadOnlyList<Member> members, bool hasTypeMeta)
    {
        code.Open("public void WriteJson(global::System.Text.Json.Utf8JsonWriter writer)");
        code.Line("writer.WriteStartObject();");
        if (hasTypeMeta)
        {
            code.Line("if (Kind.Length != 0) writer.WriteString(\"kind\"u8, Kind);");
            code.Line("if (ApiVersion.Length != 0) writer.WriteString(\"apiVersion\"u8, ApiVersion);");
        }

        foreach (var member in members)
            EmitField(member);
        code.Line("writer.WriteEndObject();");
        code.Close().Line();
    }

    private void EmitField(Member member)
    {
        var shape = member.Shape;
        var name = $"writer.WritePropertyName({Names.Quote(member.Json)}u8); ";
        if (shape.IsNullable)
        {
            code.Line($"if ({member.Name} is {{ {(shape.IsChoice ? "IsNothing: false " : "")}}} v{member.Name}) {{ {name}{Emit(shape, "v" + member.Name)} }}");
            if (!member.IsOmitted)
                code.Line("else { " + name + "writer.WriteNullValue(); }");
            return;
        }

        var condition = !member.IsOmitted ? "" : shape.Form switch
        {
            Form.Text => $"if ({member.Name}.Length != 0) ",
            Form.Bytes => $"if (!{member.Name}.IsEmpty) ",
            Form.Int32 or Form.Int64 or Form.Float => $"if ({member.Name} != 0) ",
            Form.Boolean => $"if ({member.Name}) ",
            Form.List or Form.Map => $"if ({member.Name}.Count != 0) ",
            _ => "",
        };
        var value = shape.Form is Form.List or Form.Map or Form.Bytes && !member.IsOmitted
            ? $"if ({Nil}Is({member.Name})) writer.WriteNullValue(); else {Emit(shape, member.Name)}"
            : Emit(shape, member.Name);
        code.Line($"{condition}{{ {name}{value} }}");
    }

    private static string Emit(Shape shape, string value) => shape.Form switch
    {
        Form.Text => $"writer.WriteStringValue({value});",
        Form.Int32 or Form.Int64 => $"writer.WriteNumberValue({value});",
        Form.Float => $"{Write}Float(writer, {value});",
        Form.Boolean => $"writer.WriteBooleanValue({value});",
        Form.Struct => $"{value}.WriteJson(writer);",
        Form.List => $"{Write}List(writer, {value}, static (writer, item) => {{ {Emit(shape.Element!, "item")} }});",
        Form.Map => $"{Write}Map(writer, {value}, static (writer, item) => {{ {(shape.Element!.Form == Form.List ? $"if ({Nil}Is(item)) writer.WriteNullValue(); else " : "")}{Emit(shape.Element!, "item")} }});",
        _ => $"{Write}{shape.Form}(writer, {value});",
    };
}
