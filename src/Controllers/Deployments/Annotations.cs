using System.Globalization;

namespace KubeSharp.Controllers.Deployments;

/// <summary>What a Deployment writes on its ReplicaSets; kubectl's rollout commands read it.</summary>
internal static class Annotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string History = "deployment.kubernetes.io/revision-history";
    public const string Desired = "deployment.kubernetes.io/desired-replicas";
    public const string Max = "deployment.kubernetes.io/max-replicas";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly HashSet<string> Own = [Revision, History, Desired, Max, LastApplied];

    public static long RevisionOf(ObjectMeta metadata) =>
        long.TryParse(metadata.Annotations.GetValueOrDefault(Revision), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    public static int? DesiredOf(ObjectMeta metadata) => Number(metadata, Desired);

    public static int? MaxOf(ObjectMeta metadata) => Number(metadata, Max);

    /// <summary>The annotations of the newest ReplicaSet: the Deployment's own, and the revision. Going back to an old one remembers its number.</summary>
    public static IReadOnlyDictionary<string, string> ForNewest(ObjectMeta deployment, ObjectMeta? set, long revision)
    {
        var annotations = new Dictionary<string, string>(set?.Annotations ?? Nil.Map<string>());
        foreach (var (key, value) in deployment.Annotations.Where(a => !Own.Contains(a.Key)))
            annotations[key] = value;

        var before = set is null ? 0 : RevisionOf(set);
        if (before >= revision)
            return annotations;

        if (before > 0)
            annotations[History] = annotations.TryGetValue(History, out var history) && history.Length > 0 ? $"{history},{before}" : $"{before}";
        annotations[Revision] = revision.ToString(CultureInfo.InvariantCulture);
        return annotations;
    }

    public static Dictionary<string, string> WithSizes(IReadOnlyDictionary<string, string> annotations, int desired, int max) => new(annotations)
    {
        [Desired] = desired.ToString(CultureInfo.InvariantCulture),
        [Max] = max.ToString(CultureInfo.InvariantCulture),
    };

    private static int? Number(ObjectMeta metadata, string key) =>
        int.TryParse(metadata.Annotations.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
