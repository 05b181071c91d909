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
}
