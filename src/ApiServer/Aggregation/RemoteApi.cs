using KubeSharp.Objects.ApiregistrationV1;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>A group's version that another server answers for.</summary>
internal sealed record RemoteApi(APIService Object)
{
    private const int DefaultPort = 443;

    public string Name => Object.Metadata.Name;

    public string Group => Object.Spec.Group;

    public string Version => Object.Spec.Version;

    /// <summary>Below it everything is the other server's.</summary>
    public string Path { get; } = Object.Spec.Group.Length == 0 ? "/api/" + Object.Spec.Version : $"/apis/{Object.Spec.Group}/{Object.Spec.Version}";

    public ObjectKey Service { get; } = new(Object.Spec.Service!.Namespace, Object.Spec.Service.Name);

    public int Port { get; } = Object.Spec.Service!.Port ?? DefaultPort;

    /// <summary>The name the server's certificate must be for.</summary>
    public string Host => $"{Service.Name}.{Service.Namespace}.svc";

    public bool IsAvailable { get; } = Object.Status.Conditions.Any(c => c is { Type: "Available", Status: "True" });
}
