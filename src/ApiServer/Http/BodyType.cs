namespace KubeSharp.ApiServer.Http;

/// <summary>The names a kind has in bodies. A subresource's object has its own group: a Scale is <c>autoscaling/v1</c>, whatever it scales.</summary>
internal static class BodyType
{
    public static string ApiVersion(ResourceType type)
    {
        var version = type.ResponseVersion.Length > 0 ? type.ResponseVersion : type.Version;
        return type.ResponseVersion.Length == 0 ? type.ApiVersion
            : type.ResponseGroup.Length > 0 ? $"{type.ResponseGroup}/{version}" : version;
    }
}
