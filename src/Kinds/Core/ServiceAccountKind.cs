namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about ServiceAccounts.</summary>
internal sealed class ServiceAccountKind : Kind<ServiceAccount>
{
    public override IReadOnlyList<object?> Cells(ServiceAccount obj, DateTimeOffset now) =>
        [.. Columns.Select(c => c.Name switch
        {
            "Name" => obj.Metadata.Name,
            "Secrets" => (long)obj.Secrets.Count,
            _ => (object)Ages.Of(obj.Metadata.CreationTimestamp, now),
        })];
}
