using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Http;

/// <summary>Hands requests from the server to the handler. A connection's context is used again for its next request.</summary>
internal sealed class DirectApplication(RequestDelegate handler) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> kept)
            return new(contextFeatures);

        if (kept.HostContext is { } known)
        {
            known.Initialize(contextFeatures);
            return known;
        }

        return kept.HostContext = new(contextFeatures);
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handler(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
