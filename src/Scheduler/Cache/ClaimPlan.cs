namespace KubeSharp.Scheduler.Cache;

/// <summary>What a claim that waits for its first pod gets.</summary>
/// <param name="Volume">An existing volume; <see langword="null"/>: one is to be provisioned for the node.</param>
internal sealed record ClaimPlan(PersistentVolumeClaim Claim, PersistentVolume? Volume);
