using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Audit;

/// <summary>What is noted of which requests (<c>audit.k8s.io/v1</c> Policy): the first rule that fits decides, and what fits none is not noted.</summary>
public sealed class AuditPolicy
{
    private readonly IReadOnlyList<AuditRule> _rules;
    private readonly AuditTerms _otherwise;

    internal AuditPolicy(IReadOnlyList<AuditRule> rules, AuditStages omitStages, bool omitsManagedFields)
    {
        _rules = rules;
        _otherwise = new(AuditLevel.None, omitStages, omitsManagedFields);
    }

    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="FormatException">It is no policy; the message is upstream's.</exception>
    public static AuditPolicy Parse(ReadOnlySpan<byte> text) => PolicyReader.Read(text);

    /// <param name="user">Null: the credentials were bad, so that nobody is known.</param>
    internal AuditTerms TermsFor(Identity? user, RequestInfo info)
    {
        foreach (var rule in _rules)
        {
            if (rule.Covers(user, info))
                return rule.Terms;
        }

        return _otherwise;
    }
}

/// <summary>What a policy says of one request.</summary>
/// <param name="Omitted">The stages that make no events.</param>
/// <param name="OmitsManagedFields">Whether objects are noted without their managed fields.</param>
internal sealed record AuditTerms(AuditLevel Level, AuditStages Omitted, bool OmitsManagedFields);
