namespace KubeSharp.ApiServer.Http;

/// <summary>Answers paths that are no resources: discovery, health, version, metrics.</summary>
internal interface IPathHandler
{
    /// <summary>Whether the path was its own and has been answered.</summary>
    ValueTask<bool> TryHandleAsync(ApiCall call);
}
