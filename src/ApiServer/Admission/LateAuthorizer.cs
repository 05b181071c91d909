using KubeSharp.ApiServer.Authorization;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The authorizer, which reads the caches and is therefore made after admission. Until then nobody may anything.</summary>
internal sealed class LateAuthorizer : IAuthorizer
{
    public IAuthorizer? Inner { get; set; }

    public ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct) => Inner?.AuthorizeAsync(request, ct) ?? new(Decision.NoOpinion);
}
