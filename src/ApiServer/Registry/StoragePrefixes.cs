namespace KubeSharp.ApiServer.Registry;

/// <summary>Where upstream keeps each resource in etcd; its names are older than some plurals.</summary>
internal static class StoragePrefixes
{
    public const string Root = "/registry/";

    public static string Of(ResourceType type) => Root + (type.Group, type.Plural) switch
    {
        ("", "services") => "services/specs",
        ("", "endpoints") => "services/endpoints",
        ("", "nodes") => "minions",
        ("", "replicationcontrollers") => "controllers",
        ("networking.k8s.io", "ingresses") => "ingress",
        ("apiextensions.k8s.io" or "apiregistration.k8s.io", var plural) => $"{type.Group}/{plural}",
        (_, var plural) => plural,
    } + "/";

    /// <summary>The resource's part of a key: <c>/registry/pods/</c>, or with the group before it where there may be one: <c>/registry/services/specs/</c>, <c>/registry/example.com/things/</c>.</summary>
    public static ReadOnlySpan<char> In(string key)
    {
        var root = Root.Length;
        if (key.Length <= root)
            return key;

        var first = key.IndexOf('/', root);
        if (first < 0)
            return key;

        var segment = key.AsSpan(root, first - root);
        if (!segment.Contains('.') && segment is not "services")
            return key.AsSpan(0, first + 1);

        var second = key.IndexOf('/', first + 1);
        return second < 0 ? key : key.AsSpan(0, second + 1);
    }
}
