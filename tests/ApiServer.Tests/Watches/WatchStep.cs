namespace KubeSharp.ApiServer.Tests.Watches;

internal enum WatchStepType
{
    Write,
    Delete,
    Other,
    Compact,
    Restart,
    Tick,
    Open,
    Read,
    Drop,
}

/// <summary>One step of a program: what is done, and two numbers that say to what and how much.</summary>
internal readonly record struct WatchStep(WatchStepType Type, int What, int Much)
{
    public override string ToString() => $"{Type}({What}, {Much})";
}
