using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSharp.ApiServer.Streams;

/// <summary><c>pods/proxy</c>, <c>services/proxy</c>, <c>nodes/proxy</c>: HTTP to whatever listens there.</summary>
internal sealed class ProxySubresource(ProxyTarget targets, HttpForwarder http, UpgradeForwarder upgrades) : ISubresource
{
    public async Task HandleAsync(ApiCall call, ServedResource parent)
    {
        var (path, query) = Split(call);
        if (path.Length == 0 && (HttpMethods.IsGet(call.Request.Method) || HttpMethods.IsHead(call.Request.Method)))
        {
            // Relative links of the page would lead astray without the final slash.
            call.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            call.Response.Headers.Location = call.Info.Path + "/" + query;
            return;
        }

        var target = (path.Length == 0 ? "/" : path) + query;
        var backend = parent.Type.Plural switch
        {
            "pods" => await targets.PodAsync(call.Info.Namespace, call.Info.Name, target, call.Aborted),
            "services" => await targets.ServiceAsync(call.Info.Namespace, call.Info.Name, target, call.Aborted),
            _ => await targets.NodeAsync(call.Info.Name, target, call.Aborted),
        };
        if (UpgradeForwarder.IsAsked(call.Context))
            await upgrades.ForwardAsync(call, backend);
        else
            await http.ForwardAsync(call, backend, asStatus: false);
    }

    /// <summary>What stands behind <c>/proxy</c>, as it is on the wire: decoding and encoding again would change it.</summary>
    private static (string Path, string Query) Split(ApiCall call)
    {
        var raw = call.Context.Features.Get<IHttpRequestFeature>() is { RawTarget.Length: > 0 } request ? request.RawTarget : call.Info.Path + call.Request.QueryString;
        if (!raw.StartsWith('/')) // http://HOST/api/...: as it is sent to proxies, and may be sent to any server
            raw = Uri.TryCreate(raw, UriKind.Absolute, out var uri) ? uri.PathAndQuery : call.Info.Path + call.Request.QueryString;
        var mark = raw.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? raw : raw[..mark];

        // Segments up to and with "proxy": /api/v1/[namespaces/NS/]RESOURCE/NAME/proxy
        var count = call.Info.Resource == "nodes" ? 5 : 7;
        var at = path.AsSpan().IndexOfAnyExcept('/') - 1; // slashes before the first segment are none between segments
        for (var i = 0; i < count && at >= 0; i++)
            at = path.IndexOf('/', at + 1);
        return (at < 0 ? "" : path[at..], mark < 0 ? "" : raw[mark..]);
    }
}
