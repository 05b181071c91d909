using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Watching;

/// <summary>Says once for all watchers of a process that the server cannot be reached, and once that it is back.</summary>
internal sealed partial class ServerPresence(ILogger log)
{
    private int _isAway;

    public void Away(Exception why)
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
            ServerAway(why.Message);
    }

    public void Back()
    {
        if (Volatile.Read(ref _isAway) == 1 && Interlocked.Exchange(ref _isAway, 0) == 1)
            ServerBack();
    }

    [LoggerMessage(1, LogLevel.Warning, "The API server cannot be reached, trying again until it can: {Reason}")]
    private partial void ServerAway(string reason);

    [LoggerMessage(2, LogLevel.Information, "The API server is back")]
    private partial void ServerBack();
}
