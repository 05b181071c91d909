namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about Namespaces. Their deletion is the server's own affair.</summary>
internal sealed class NamespaceKind : Kind<Namespace>
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    public override IReadOnlyCollection<string> FieldNames => ["status.phase", "name"];

    public override IEnumerable<string> ValidateName(string name) => NameRules.Dns1123Label(name);

    public override IReadOnlyDictionary<string, string>? SelectableFields(Namespace obj) =>
        new Dictionary<string, string> { ["status.phase"] = obj.Status.Phase, ["name"] = obj.Metadata.Name };

    public override Namespace ApplyDefaults(Namespace obj)
    {
        if (obj.Status.Phase.Length == 0)
            obj = obj with { Status = obj.Status with { Phase = "Active" } };
        if (obj.Metadata.Name.Length == 0 || obj.Metadata.Labels.GetValueOrDefault(NameLabel) == obj.Metadata.Name)
            return obj;

        var labels = new Dictionary<string, string>(obj.Metadata.Labels) { [NameLabel] = obj.Metadata.Name };
        return obj with { Metadata = obj.Metadata with { Labels = labels } };
    }

    public override Namespace PrepareForCreate(Namespace obj) => obj with
    {
        Status = new() { Phase = "Active" },
        Spec = obj.Spec.Finalizers.Contains("kubernetes") ? obj.Spec : obj.Spec with { Finalizers = [.. obj.Spec.Finalizers, "kubernetes"] },
    };

    /// <summary>Finalizers change through <c>namespaces/finalize</c> only.</summary>
    public override Namespace PrepareForUpdate(Namespace old, Namespace obj) => obj with
    {
        Spec = obj.Spec with { Finalizers = old.Spec.Finalizers },
        Status = old.Status,
    };

    public override void ValidateStatusUpdate(Namespace old, Namespace obj, Findings findings)
    {
        if (obj.Metadata.DeletionTimestamp is null)
        {
            if (obj.Status.Phase != "Active")
                findings.Invalid("status.Phase", obj.Status.Phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
        else if (obj.Status.Phase != "Terminating")
        {
            findings.Invalid("status.Phase", obj.Status.Phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    }

    public override IReadOnlyList<object?> Cells(Namespace obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Status.Phase, Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
