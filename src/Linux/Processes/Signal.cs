namespace KubeSharp.Linux.Processes;

/// <summary>The signals that are sent here.</summary>
public enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}
