namespace KubeSharp.ApiServer.Authorization;

/// <summary>An authorizer of which there may be several: the webhooks of an authorization configuration.</summary>
public interface INamedAuthorizer : IAuthorizer
{
    /// <summary><c>Webhook</c>.</summary>
    string Type { get; }

    string Name { get; }
}
