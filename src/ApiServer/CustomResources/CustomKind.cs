using KubeSharp.Kinds;
using KubeSharp.Kinds.ApiExtensions;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Machinery.StructuralSchemas.Rules;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>The rules of one version of a custom resource, made out of its definition.</summary>
internal sealed class CustomKind : Kind
{
    private readonly JsonSchema _schema;
    private readonly ValueValidation _values;
    private readonly ValueValidation? _statusValues;
    private readonly IRuleSet? _rules;
    private readonly CustomColumns _columns;
    private readonly IReadOnlyList<(string Name, IReadOnlyList<string> Path)> _fields;
    private readonly CreationGate _creations;

    public CustomKind(ObjectCodec codec, JsonSchema schema, CustomResourceDefinitionVersion version, CreationGate creations)
        : base(codec)
    {
        _schema = schema;
        _creations = creations;
        _values = new(schema);
        _statusValues = schema.Properties.TryGetValue("status", out var status) ? new(status) : null;
        _rules = RuleCompilers.Default.Rules.Prepare(schema, isRoot: true);
        _columns = new(version.AdditionalPrinterColumns);
        _fields = [.. version.SelectableFields.Select(f => (f.JsonPath.TrimStart('.'), FieldPath.Split(f.JsonPath) ?? []))];
        FieldNames = [.. _fields.Select(f => f.Name)];
        Scale = version.Subresources?.Scale;
    }

    /// <summary>Where the scale subresource finds its numbers; null if there is none.</summary>
    public CustomResourceSubresourceScale? Scale { get; }

    /// <summary>What users of a deprecated version are told; null for others.</summary>
    public string? DeprecationWarning { get; init; }

    public override bool TracksGeneration => true;

    public override bool StatusTakesMetadata => false;

    public override bool UpdatesUnconditionally => false;

    public override IReadOnlyCollection<string> FieldNames { get; }

    public override IReadOnlyList<PrinterColumn> Columns => _columns.Columns;

    public override IReadOnlyDictionary<string, string> SelectableFields(IObject obj)
    {
        var content = ((Unstructured)obj).Content;
        return _fields.ToDictionary(f => f.Name, f => JsonTree.Find(content, f.Path) is { } value ? JsonTree.AsText(value) ?? JsonTree.Text(value) : "");
    }

    public override IReadOnlyList<object?> Cells(IObject obj, DateTimeOffset now) => _columns.Cells((Unstructured)obj, now);

    public override IObject PrepareForCreate(IObject obj)
    {
        if (_creations.IsClosed)
            throw new ApiException(ApiException.Failure(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating", new() { Group = Type.Group, Kind = Type.Plural }));
        return base.PrepareForCreate(obj);
    }

    public override void Validate(IObject obj, Findings findings)
    {
        var own = (Unstructured)obj;
        var document = own.Document;
        _values.Validate(document, "", findings);
        ScaleRules.ValidateSpec(Scale, own.Content, findings);
        ScaleRules.ValidateStatus(Scale, own.Content, findings);
        EmbeddedMetadata.Validate(own.Content, _schema, findings);
        ListTypeRules.Validate(own.Content, _schema, "", findings);
        CheckRules(own, null, findings);
    }

    public override void ValidateUpdate(IObject old, IObject obj, Findings findings)
    {
        var (before, own) = ((Unstructured)old, (Unstructured)obj);
        _values.ValidateUpdate(own.Document, before.Document, "", findings);
        ScaleRules.ValidateSpec(Scale, own.Content, findings);
        ScaleRules.ValidateStatus(Scale, own.Content, findings);
        EmbeddedMetadata.Validate(own.Content, _schema, findings);
        ListTypes(before, own, findings);
        CheckRules(own, before, findings);
    }

    public override void ValidateStatusUpdate(IObject old, IObject obj, Findings findings)
    {
        var (before, own) = ((Unstructured)old, (Unstructured)obj);
        if (own.Content.TryGetPropertyValue("status", out var status))
            _statusValues?.ValidateUpdate(status, before.Content["status"], "status", findings);
        ScaleRules.ValidateStatus(Scale, own.Content, findings);
        ListTypes(before, own, findings);
        CheckRules(own, before, findings);
    }

    /// <summary>Who inherited an object that breaks these rules may go on changing it.</summary>
    private void ListTypes(Unstructured old, Unstructured obj, Findings findings)
    {
        var before = new Findings();
        ListTypeRules.Validate(old.Content, _schema, "", before);
        if (!before.Any)
            ListTypeRules.Validate(obj.Content, _schema, "", findings);
    }

    private void CheckRules(Unstructured obj, Unstructured? old, Findings findings)
    {
        if (_rules is null)
            return;

        if (findings.Errors.Any(e => e.Reason is "FieldValueNotSupported" or "FieldValueRequired" or "FieldValueTooLong" or "FieldValueTooMany" or "FieldValueTypeInvalid"))
            findings.Invalid("<nil>", null, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");
        else
            _rules.Validate(obj.Document, old?.Document, "", findings);
    }
}
