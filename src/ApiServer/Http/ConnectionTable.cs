namespace KubeSharp.ApiServer.Http;

/// <summary>The core subresources that are connections: they take any method and have no time limit.</summary>
internal sealed class ConnectionTable(IReadOnlyDictionary<(string Plural, string Subresource), ISubresource> handlers)
{
    public ISubresource? Find(RequestInfo info) => info.Group.Length == 0 ? handlers.GetValueOrDefault((info.Resource, info.Subresource)) : null;
}
