namespace KubeSharp.ApiServer.Fairness;

/// <summary>How much the server does at once.</summary>
public sealed record FairnessOptions
{
    /// <summary><c>--max-requests-inflight</c>.</summary>
    public int ReadLimit { get; init; } = 400;

    /// <summary><c>--max-mutating-requests-inflight</c>; priority levels share the sum of both.</summary>
    public int WriteLimit { get; init; } = 200;

    /// <summary><c>--enable-priority-and-fairness</c>.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Seats that the levels share.</summary>
    public int Seats => ReadLimit + WriteLimit;
}
