using KubeSharp.ApiServer.CustomResources;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.ApiregistrationV1;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Writes whether an API is available, when that changed.</summary>
internal sealed class AvailabilityStatus(UpdateVerb update, ServedResource services, TimeProvider clock)
{
    public const string Available = "Available";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _unavailable = [];

    public static APIServiceCondition Local { get; } = new() { Type = Available, Status = "True", Reason = "Local", Message = "Local APIServices are always available" };

    /// <exception cref="ApiException">It could not be written; not if somebody else wrote meanwhile, for then another look comes.</exception>
    public async Task WriteAsync(APIService seen, APIServiceCondition condition, CancellationToken ct)
    {
        Note(seen.Metadata.Name, condition.Status == "True");
        if (With(seen.Status, condition) == seen.Status)
            return;

        try
        {
            await update.RunAsync(services, new("", seen.Metadata.Name), "status", current => Judged((APIService)current!.Object, seen, condition), LoopWrites.Options, mayCreate: false, ct);
            if (condition.Status != "True" && seen.Status.Conditions.FirstOrDefault(c => c.Type == Available)?.Status != condition.Status)
                AggregatorMetrics.BecameUnavailable(seen.Metadata.Name, condition.Reason);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // it is another one by now, and will be looked at
        }
    }

    public void Forget(string name) => Note(name, isAvailable: true);

    /// <summary>A judgement holds for the spec that was judged.</summary>
    private APIService Judged(APIService now, APIService seen, APIServiceCondition condition) => now.Spec == seen.Spec && now.Metadata.Uid == seen.Metadata.Uid
        ? now with { Status = With(now.Status, condition) }
        : now;

    private APIServiceStatus With(APIServiceStatus status, APIServiceCondition condition)
    {
        var before = status.Conditions.FirstOrDefault(c => c.Type == condition.Type);
        var made = condition with { LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime : clock.GetUtcNow().TruncatedToSeconds() };
        return status with
        {
            Conditions = before is null ? [.. status.Conditions, made] : [.. status.Conditions.Select(c => c.Type == condition.Type ? made : c)],
        };
    }

    private void Note(string name, bool isAvailable)
    {
        lock (_gate)
        {
            if (isAvailable ? _unavailable.Remove(name) : _unavailable.Add(name))
                AggregatorMetrics.Unavailable(name, isAvailable ? -1 : 1);
        }
    }
}
