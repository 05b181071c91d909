namespace KubeSharp.Client.Http;

/// <summary>Where the API serves a kind.</summary>
internal static class ApiPath
{
    /// <summary><c>/api/v1/namespaces/default/pods</c>; without a namespace the whole cluster's.</summary>
    public static string Collection(ResourceType type, string ns)
    {
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        return type.Namespaced && ns.Length > 0 ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{type.Plural}" : $"{root}/{type.Plural}";
    }

    /// <summary><c>/apis/apps/v1/namespaces/default/deployments/web/status</c></summary>
    /// <param name="subresource">Empty for the object itself.</param>
    /// <exception cref="ArgumentException">The name is empty, or the namespace of a namespaced kind is: the path would be another resource's.</exception>
    public static string Of(ResourceType type, ObjectKey key, string subresource = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(key.Name);
        if (type.Namespaced)
            ArgumentException.ThrowIfNullOrEmpty(key.Namespace);

        var path = $"{Collection(type, key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource.Length == 0 ? path : $"{path}/{subresource}";
    }

    /// <summary>The query of the pairs whose value is not empty, with its question mark; empty if there is none.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var query = "";
        foreach (var (name, value) in pairs)
        {
            if (value.Length > 0)
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }
}
