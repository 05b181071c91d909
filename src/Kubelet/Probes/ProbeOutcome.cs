namespace KubeSharp.Kubelet.Probes;

internal enum ProbeResult
{
    Success,

    /// <summary>A success worth a word: a redirect to another host.</summary>
    Warning,
    Failure,

    /// <summary>The probe could not be made; it counts as a failure after three tries.</summary>
    Error,
}

/// <param name="Output">What the event says after the colon.</param>
internal readonly record struct ProbeOutcome(ProbeResult Result, string Output)
{
    public bool IsSuccess => Result is ProbeResult.Success or ProbeResult.Warning;

    public static ProbeOutcome Success(string output = "") => new(ProbeResult.Success, output);

    public static ProbeOutcome Failure(string output) => new(ProbeResult.Failure, output);
}
