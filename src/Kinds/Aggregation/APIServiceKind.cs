using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ApiregistrationV1;

namespace KubeSharp.Kinds.Aggregation;

/// <summary>All the API server knows about APIServices: which server answers for a group's version.</summary>
internal sealed class APIServiceKind : Kind<APIService>
{
    private const string Available = "Available";

    public override bool UpdatesUnconditionally => false;

    public override IEnumerable<string> ValidateName(string name) => NameRules.PathSegment(name);

    public override APIService ApplyDefaults(APIService obj) => obj.Spec.Service is { Port: null } service
        ? obj with { Spec = obj.Spec with { Service = service with { Port = 443 } } }
        : obj;

    /// <summary>What this server answers itself is there from the start.</summary>
    public override APIService PrepareForCreate(APIService obj) => obj with
    {
        Status = obj.Spec.Service is not null ? APIServiceStatus.Empty : new()
        {
            Conditions =
            [
                new()
                {
                    Type = Available,
                    Status = "True",
                    Reason = "Local",
                    Message = "Local APIServices are always available",
                    LastTransitionTime = obj.Metadata.CreationTimestamp,
                },
            ],
        },
    };

    public override void Validate(APIService obj, Findings findings)
    {
        var spec = obj.Spec;
        var name = $"{spec.Version}.{spec.Group}";
        if (obj.Metadata.Name != name && !NameRules.PathSegment(obj.Metadata.Name).Any())
            findings.Invalid("metadata.name", obj.Metadata.Name, $"must be `spec.version+\".\"+spec.group`: \"{name}\"");
        if (spec.Group.Length > 0)
            findings.Each("spec.group", spec.Group, NameRules.Dns1123Subdomain(spec.Group));
        else if (spec.Version != "v1")
            findings.Required("spec.group", "only v1 may have an empty group and it better be legacy kube");
        findings.Each("spec.version", spec.Version, NameRules.Dns1035Label(spec.Version));
        Priority("spec.groupPriorityMinimum", spec.GroupPriorityMinimum, 20_000, findings);
        Priority("spec.versionPriority", spec.VersionPriority, 1_000, findings);
        Server(spec, findings);
    }

    public override void ValidateStatusUpdate(APIService old, APIService obj, Findings findings)
    {
        for (var i = 0; i < obj.Status.Conditions.Count; i++)
        {
            var condition = obj.Status.Conditions[i];
            if (condition.Status is not ("True" or "False" or "Unknown"))
                findings.NotSupported($"status.conditions[{i}].status", condition.Status, "True", "False", "Unknown");
        }
    }

    public override IReadOnlyList<object?> Cells(APIService obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Service is { } service ? $"{service.Namespace}/{service.Name}" : "Local",
        obj.Status.Conditions.FirstOrDefault(c => c.Type == Available) switch
        {
            null => "Unknown",
            { Status: not "True", Reason.Length: > 0 } c => $"{c.Status} ({c.Reason})",
            var c => c.Status,
        },
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static void Priority(string field, int priority, int max, Findings findings)
    {
        if (priority <= 0 || priority > max)
            findings.Invalid(field, priority, $"must be positive and less than {max}");
    }

    private static void Server(APIServiceSpec spec, Findings findings)
    {
        const string Insecure = "spec.insecureSkipTLSVerify";
        if (spec.Service is not { } service)
        {
            if (!spec.CaBundle.IsEmpty)
                findings.Invalid("spec.caBundle", $"{spec.CaBundle.Length} bytes", "local APIServices may not have a caBundle");
            if (spec.InsecureSkipTLSVerify)
                findings.Invalid(Insecure, true, "local APIServices may not have insecureSkipTLSVerify");
            return;
        }

        findings.Present("spec.service.namespace", service.Namespace);
        findings.Present("spec.service.name", service.Name);
        findings.Each("spec.service.port", service.Port, NameRules.PortNumber(service.Port ?? 443).Select(p => "port is not valid: " + p));
        if (spec.InsecureSkipTLSVerify && !spec.CaBundle.IsEmpty)
            findings.Invalid(Insecure, true, "may not be true if caBundle is present");
    }
}
