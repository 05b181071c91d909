namespace KubeSharp.Kubelet.Probes;

/// <summary>Counts equal outcomes in a row: a verdict changes only when its threshold is reached.</summary>
/// <param name="Run">How many times in a row the last outcome came; 0 before the first.</param>
internal readonly record struct ProbeTally(bool LastWasSuccess, int Run)
{
    /// <returns>The new count, and the verdict if this outcome makes one.</returns>
    public (ProbeTally Tally, bool? Verdict) Add(bool isSuccess, Probe probe)
    {
        var next = new ProbeTally(isSuccess, Run > 0 && LastWasSuccess == isSuccess ? Run + 1 : 1);
        var threshold = isSuccess ? probe.SuccessThreshold : probe.FailureThreshold;
        return (next, next.Run >= threshold ? isSuccess : null);
    }
}
