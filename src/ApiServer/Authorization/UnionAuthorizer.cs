using KubeSharp.ApiServer.Metrics;

namespace KubeSharp.ApiServer.Authorization;

/// <summary>Asks each authorizer in order; the first opinion counts.</summary>
public sealed class UnionAuthorizer(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    public async ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct)
    {
        var reasons = "";
        foreach (var authorizer in authorizers)
        {
            var decision = await authorizer.AuthorizeAsync(request, ct);
            if (decision.Allowed is { } isAllowed)
            {
                var (type, name) = AuthorizerNames.Of(authorizer);
                AccessMetrics.Decided(type, name, isAllowed);
                return decision;
            }

            if (decision.Reason.Length > 0)
                reasons = reasons.Length == 0 ? decision.Reason : $"{reasons}, {decision.Reason}";
        }

        return new(null, reasons);
    }
}
