using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Plugins;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Pods that have a node but wait for their volumes. Owned by the scheduler's loop.</summary>
internal sealed class WaitingPods
{
    /// <summary>Upstream's <c>bindTimeoutSeconds</c>.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Dictionary<ObjectKey, (VolumesErrand Errand, TimeSpan Until)> _pods = [];

    public void Add(VolumesErrand errand, TimeSpan now) => _pods[errand.Pod.Key] = (errand, now + Patience);

    /// <summary>When the first of them has waited too long.</summary>
    public TimeSpan? NextDue => _pods.Count == 0 ? null : _pods.Values.Min(p => p.Until);

    /// <returns>What it waited for, or <see langword="null"/> if it did not wait.</returns>
    public VolumesErrand? Remove(ObjectKey key) => _pods.Remove(key, out var waiting) ? waiting.Errand : null;

    /// <summary>Those that wait no longer, and why: an empty text if their volumes are there.</summary>
    public List<(VolumesErrand Errand, string Failure)> TakeReady(VolumeCache volumes, TimeSpan now)
    {
        var ready = new List<(VolumesErrand, string)>();
        foreach (var (key, (errand, until)) in _pods)
        {
            if (Answer(errand, volumes, now > until) is not { } answer)
                continue;

            _pods.Remove(key);
            ready.Add((errand, answer));
        }

        return ready;
    }

    /// <returns><see langword="null"/>: wait on.</returns>
    private static string? Answer(VolumesErrand errand, VolumeCache volumes, bool isLate)
    {
        var isBound = true;
        foreach (var plan in errand.Plans)
        {
            if (volumes.Claim(ObjectKey.Of(plan.Claim)) is not { } claim || claim.Metadata.Uid != plan.Claim.Metadata.Uid)
                return $"persistentvolumeclaim \"{plan.Claim.Metadata.Name}\" not found";

            // What we have seen of the claim must be newer than our own patch, or the annotation is just not there yet.
            var isSeen = claim.Metadata.ResourceVersion != plan.Claim.Metadata.ResourceVersion;
            if (plan.Volume is null && isSeen && !VolumeBinding.IsBound(claim) && VolumeBinding.IsGivenUp(claim, errand.NodeName))
                return $"provisioning failed for PVC \"{plan.Claim.Metadata.Name}\"";

            isBound &= VolumeBinding.IsBound(claim);
        }

        return isBound ? "" : isLate ? "timed out waiting for the condition" : null;
    }
}
