using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Streams;

/// <summary>The list of subresources that answer by themselves.</summary>
internal static class Connections
{
    public static SubresourceTable Table(ApiServerParts parts) => new(new Dictionary<(string Group, string Plural, string Subresource), SubresourceTable.Entry>());
}
