using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>A subresource that is more than a write of the whole object: it answers its requests by itself.</summary>
internal interface ISubresource
{
    Task HandleAsync(ApiCall call, ServedResource parent);
}
