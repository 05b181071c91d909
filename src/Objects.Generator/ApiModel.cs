namespace KubeSharp.Objects.Generator;

/// <summary>The tables read and connected: which structs there are, what their fields are, which of them are served kinds.</summary>
internal sealed class ApiModel
{
    private static readonly Dictionary<string, Form> WellKnown = new()
    {
        ["meta.v1.Time"] = Form.Time,
        ["meta.v1.MicroTime"] = Form.MicroTime,
        ["meta.v1.Duration"] = Form.Text,
        ["resource.Quantity"] = Form.Quantity,
        ["intstr.IntOrString"] = Form.IntOrString,
        ["runtime.RawExtension"] = Form.Raw,
        ["runtime.Object"] = Form.Raw,
        ["meta.v1.FieldsV1"] = Form.Raw,
        ["apiextensions.v1.JSON"] = Form.Raw,
        ["string"] = Form.Text,
        ["types.UID"] = Form.Text,
        ["int"] = Form.Int32,
        ["int32"] = Form.Int32,
        ["uint32"] = Form.Int32,
        ["int64"] = Form.Int64,
        ["float64"] = Form.Float,
        ["bool"] = Form.Boolean,
    };

    /// <summary>Structs whose JSON is not that of their fields; they stand beside the generated ones, in C#.</summary>
    private static readonly HashSet<string> HandWritten =
    [
        "apiextensions.v1.JSONSchemaPropsOrBool", "apiextensions.v1.JSONSchemaPropsOrArray", "apiextensions.v1.JSONSchemaPropsOrStringArray",
    ];

    private readonly Dictionary<string, string> _aliases = new();
    private readonly HashSet<string> _atomic = [];
    private readonly Dictionary<string, List<GoField>> _fields;

    public ApiModel(string types, string fields, string kinds)
    {
        foreach (var row in Table.Read(types))
        {
            var alias = row["markers"].Split(',').FirstOrDefault(m => m.StartsWith("alias=", StringComparison.Ordinal));
            if (alias is not null)
                _aliases[row["type"]] = alias.Substring("alias=".Length);
            if (row["markers"].Split(',').Contains("structType=atomic"))
                _atomic.Add(row["type"]);
        }

        // Maps and lists whose alias the tables could not hold because it contains a comma or came from a marker-less line.
        _aliases["core.v1.ResourceList"] = "map[string]resource.Quantity";
        _aliases["meta.v1.Verbs"] = "[]string";
        _aliases["authentication.v1.ExtraValue"] = "[]string";
        _aliases["authorization.v1.ExtraValue"] = "[]string";
        _aliases["certificates.v1.ExtraValue"] = "[]string";

        _fields = Table.Read(fields).Select(r => new GoField(r)).GroupBy(f => f.Owner).ToDictionary(g => g.Key, g => g.ToList());
        // A struct without fields has no row: that it is there is all it says.
        _fields["apiextensions.v1.CustomResourceSubresourceStatus"] = [];
        Kinds = Table.Read(kinds).Select(r => new KindRow(r)).ToList();
    }

    public IReadOnlyList<KindRow> Kinds { get; }

    public IEnumerable<string> Structs => _fields.Keys.Where(t => !WellKnown.ContainsKey(t) && !_aliases.ContainsKey(t) && !HandWritten.Contains(t));

    public IReadOnlyList<GoField> FieldsOf(string type) => _fields[type];

    public bool IsStruct(string type) => _fields.ContainsKey(type) && !WellKnown.ContainsKey(type) && !_aliases.ContainsKey(type) && !HandWritten.Contains(type);

    /// <summary>Whether server-side apply owns the struct as a whole.</summary>
    public bool IsAtomic(string type) => _atomic.Contains(type);

    public Shape Resolve(string goType)
    {
        if (goType.StartsWith("*", StringComparison.Ordinal))
            return Resolve(goType.Substring(1)) with { IsPointer = true };
        if (goType is "[]byte" or "[]uint8")
            return new(Form.Bytes, "global::System.ReadOnlyMemory<byte>", "[]uint8");
        if (goType.StartsWith("[]", StringComparison.Ordinal))
            return List(Resolve(goType.Substring(2)), goType);
        if (goType.StartsWith("map[", StringComparison.Ordinal))
            return Map(Resolve(goType.Substring(goType.IndexOf(']') + 1)), goType);
        if (WellKnown.TryGetValue(goType, out var form))
            return new(form, CsType(form), goType.Split('.').Last() is var last && form == Form.Text ? "string" : last);
        if (_aliases.TryGetValue(goType, out var target))
            return Resolve(target) with { IsListAlias = target == "[]string" };
        if (_fields.ContainsKey(goType))
            return new(Form.Struct, "global::" + Names.FullName(goType), goType.Substring(goType.IndexOf('.') + 1), IsChoice: HandWritten.Contains(goType));
        return new(Form.Text, "string", "string");
    }

    private static Shape List(Shape element, string goType) =>
        new(Form.List, $"global::System.Collections.Generic.IReadOnlyList<{element.Type}>", goType, Element: element);

    private static Shape Map(Shape value, string goType) =>
        new(Form.Map, $"global::System.Collections.Generic.IReadOnlyDictionary<string, {value.Type}>", goType, Element: value);

    private static string CsType(Form form) => form switch
    {
        Form.Int32 => "int",
        Form.Int64 => "long",
        Form.Float => "double",
        Form.Boolean => "bool",
        Form.Time or Form.MicroTime => "global::System.DateTimeOffset",
        Form.Quantity => "global::KubeSharp.Machinery.Quantity",
        Form.IntOrString => "global::KubeSharp.Machinery.IntOrString",
        Form.Raw => "global::KubeSharp.Machinery.RawJson",
        _ => "string",
    };
}

/// <summary>A row of <c>kinds.tsv</c>.</summary>
internal sealed class KindRow(Row row)
{
    public string Group { get; } = row["group"];

    public string Version { get; } = row["version"];

    public string Kind { get; } = row["kind"];

    public string Resource { get; } = row["resource"];

    public string Singular { get; } = row["singular"];

    public bool Namespaced { get; } = row["namespaced"] == "true";

    public string ShortNames { get; } = row["shortNames"];

    public string Categories { get; } = row["categories"];

    public string Verbs { get; } = row["verbs"];

    public string Hash { get; } = row["storageVersionHash"];

    public string ResponseGroup { get; } = row["responseGroup"];

    public string ResponseVersion { get; } = row["responseVersion"];

    /// <summary>The tables' name of the struct: <c>apps.v1.Deployment</c>.</summary>
    public string GoType => Struct(Group, Version);

    /// <summary>The struct of the body, which for a subresource may be of another package: <c>autoscaling.v1.Scale</c>.</summary>
    public string BodyGoType => ResponseVersion.Length == 0 ? GoType : Struct(ResponseGroup, ResponseVersion);

    private string Struct(string group, string version) =>
        $"{(group.Length == 0 ? "core" : group.Split('.')[0] switch { "rbac" => "rbac", "internal" => "apiserverinternal", var g => g })}.{version}.{Kind}";
}
