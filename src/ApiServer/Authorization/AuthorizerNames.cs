namespace KubeSharp.ApiServer.Authorization;

/// <summary>The authorizers' sorts and names in metrics, as upstream has them.</summary>
internal static class AuthorizerNames
{
    public static (string Type, string Name) Of(IAuthorizer authorizer) => authorizer switch
    {
        RbacAuthorizer => ("RBAC", "rbac"),
        NodeAuthorizer => ("Node", "node"),
        INamedAuthorizer named => (named.Type, named.Name),
        _ => ("Other", authorizer.GetType().Name),
    };
}
