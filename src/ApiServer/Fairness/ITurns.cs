using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>Decides whether a request is served now, later or not at all.</summary>
internal interface ITurns
{
    /// <returns>Null if it was refused and has been answered.</returns>
    ValueTask<ISeat?> EnterAsync(HttpContext context, RequestInfo info, Identity user, RequestNotes notes, CancellationToken ct);
}

/// <summary>What a request holds while it is served.</summary>
internal interface ISeat
{
    /// <summary>The work is done, or the watch has caught up. Again: nothing happens.</summary>
    void Release();

    /// <summary>The request is over. Once.</summary>
    void End();
}
