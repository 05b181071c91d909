namespace KubeSharp.Client.Watching;

/// <summary>What happened to a watcher.</summary>
internal enum WatcherInput
{
    /// <summary>A list arrived.</summary>
    Listed,

    /// <summary>A change or bookmark arrived.</summary>
    Advanced,

    /// <summary>The watch ended in good order after some time, or having delivered something.</summary>
    Ended,

    /// <summary>The watch ended at once, with nothing.</summary>
    EndedAtOnce,

    /// <summary>The version is no longer in the server's history.</summary>
    Expired,

    /// <summary>The list or the watch failed.</summary>
    Failed,
}

/// <summary>Where a watcher stands. A pure state machine: the loop does what the state says and tells it what came of it.</summary>
/// <param name="ResourceVersion">Everything up to here is delivered; <see langword="null"/>: list first.</param>
/// <param name="Failures">In a row, without a change delivered or a watch that lasted.</param>
/// <param name="Pauses">Whether to back off before the next request.</param>
internal readonly record struct WatcherState(string? ResourceVersion, int Failures, bool Pauses)
{
    public static WatcherState Start { get; }

    /// <param name="resourceVersion">The version of the list or change; ignored for the other inputs.</param>
    public WatcherState Step(WatcherInput input, string resourceVersion = "") => input switch
    {
        // A list alone does not clear the failures: list, 410, list, 410 … would go round without a pause.
        WatcherInput.Listed => new(resourceVersion, Failures, Pauses: false),
        WatcherInput.Advanced => new(resourceVersion, 0, Pauses: false),
        WatcherInput.Ended => new(ResourceVersion, 0, Pauses: false),
        WatcherInput.EndedAtOnce => new(ResourceVersion, Failures + 1, Pauses: true),
        WatcherInput.Expired => new(null, Failures + 1, Pauses: Failures > 0),
        WatcherInput.Failed => new(ResourceVersion, Failures + 1, Pauses: true),
        _ => throw new ArgumentOutOfRangeException(nameof(input)),
    };
}
