namespace KubeSharp.Kinds.Events;

/// <summary>What both faces of an Event say, under whatever names.</summary>
internal sealed record EventFacts(ObjectReference About, string Type, string Reason, string Action, string Note)
{
    /// <summary>The component that tells, and where it runs, as recorders of old say it.</summary>
    public required EventSource Source { get; init; }

    public required string Controller { get; init; }

    public required string Instance { get; init; }

    public required DateTimeOffset? Time { get; init; }

    public required DateTimeOffset? First { get; init; }

    public required DateTimeOffset? Last { get; init; }

    public required int Count { get; init; }

    public required (DateTimeOffset? Last, int Count)? Series { get; init; }
}
