namespace KubeSharp.Controllers.GarbageCollection;

/// <summary>A resource that is followed. Retired, it ends with its watch and is not listed again; a custom one ends by itself when it is not served.</summary>
internal sealed class Followed(ResourceType type)
{
    private volatile bool _isRetired;
    private volatile bool _isOver;

    public ResourceType Type => type;

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>Custom resources have one.</summary>
    public CancellationTokenSource? Stop { get; init; }

    /// <summary>After the next failure.</summary>
    public required TimeSpan Pause { get; set; }

    public bool IsRetired
    {
        get => _isRetired;
        set => _isRetired = value;
    }

    /// <summary>It ended by itself.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }
}
