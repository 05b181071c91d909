using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.Objects.FlowcontrolV1;
using Subject = KubeSharp.Objects.FlowcontrolV1.Subject;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>Whether a request is of a flow schema, and of which flow of it. Pure.</summary>
internal static class FlowMatch
{
    public static bool Matches(FlowSchemaSpec schema, Identity user, RequestInfo info)
    {
        var rules = schema.Rules;
        for (var i = 0; i < rules.Count; i++)
        {
            if (MatchesSubject(rules[i].Subjects, user) && (info.IsResource ? MatchesResource(rules[i].ResourceRules, info) : MatchesPath(rules[i].NonResourceRules, info)))
                return true;
        }

        return false;
    }

    /// <summary>By what the requests of a schema are told apart; empty: not at all.</summary>
    public static string Distinguisher(FlowSchemaSpec schema, Identity user, RequestInfo info) => schema.DistinguisherMethod?.Type switch
    {
        "ByUser" => user.Name,
        "ByNamespace" => info.Namespace,
        _ => "",
    };

    /// <summary>The flow's number, by which its hand of queues is dealt.</summary>
    public static ulong Hash(string schema, string distinguisher)
    {
        var length = Encoding.UTF8.GetByteCount(schema) + 1 + Encoding.UTF8.GetByteCount(distinguisher);
        Span<byte> text = length <= 512 ? stackalloc byte[length] : new byte[length];
        var end = Encoding.UTF8.GetBytes(schema, text);
        text[end] = 0;
        Encoding.UTF8.GetBytes(distinguisher, text[(end + 1)..]);
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, sum);
        return BinaryPrimitives.ReadUInt64LittleEndian(sum);
    }

    private static bool MatchesSubject(IReadOnlyList<Subject> subjects, Identity user)
    {
        for (var i = 0; i < subjects.Count; i++)
        {
            var subject = subjects[i];
            var isOne = subject.Kind switch
            {
                "User" => subject.User is { } who && (who.Name == "*" || who.Name == user.Name),
                "Group" => subject.Group is { } group && (group.Name == "*" || user.Groups.Contains(group.Name)),
                "ServiceAccount" => subject.ServiceAccount is { } account && IsAccount(account, user.Name),
                _ => false,
            };
            if (isOne)
                return true;
        }

        return false;
    }

    private static bool IsAccount(ServiceAccountSubject account, ReadOnlySpan<char> user)
    {
        if (!user.StartsWith(Identities.AccountPrefix, StringComparison.Ordinal))
            return false;

        user = user[Identities.AccountPrefix.Length..];
        return user.Length > account.Namespace.Length && user.StartsWith(account.Namespace, StringComparison.Ordinal) && user[account.Namespace.Length] == ':'
            && (account.Name == "*" || user[(account.Namespace.Length + 1)..].SequenceEqual(account.Name));
    }

    private static bool MatchesResource(IReadOnlyList<ResourcePolicyRule> rules, RequestInfo info)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (Has(rule.Verbs, info.Verb) && HasResource(rule.Resources, info) && Has(rule.ApiGroups, info.Group)
                && (info.Namespace.Length == 0 ? rule.ClusterScope : Has(rule.Namespaces, info.Namespace)))
                return true;
        }

        return false;
    }

    private static bool MatchesPath(IReadOnlyList<NonResourcePolicyRule> rules, RequestInfo info)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (Has(rules[i].Verbs, info.Verb) && HasPath(rules[i].NonResourceURLs, info.Path))
                return true;
        }

        return false;
    }

    private static bool Has(IReadOnlyList<string> list, string value)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == value || (list.Count == 1 && list[i] == "*"))
                return true;
        }

        return false;
    }

    private static bool HasResource(IReadOnlyList<string> list, RequestInfo info)
    {
        if (info.Subresource.Length == 0)
            return Has(list, info.Resource);

        for (var i = 0; i < list.Count; i++)
        {
            var one = list[i].AsSpan();
            if (list.Count == 1 && one is "*")
                return true;
            if (one.Length == info.Resource.Length + 1 + info.Subresource.Length && one.StartsWith(info.Resource, StringComparison.Ordinal)
                && one[info.Resource.Length] == '/' && one.EndsWith(info.Subresource, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>A path of a rule also stands for what is below it, with or without a star.</summary>
    private static bool HasPath(IReadOnlyList<string> list, string path)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var one = list[i].AsSpan();
            if (one is "*" || one.SequenceEqual(path))
                return true;

            one = one.TrimEnd('*').TrimEnd('/');
            if (path.Length > one.Length && path.AsSpan().StartsWith(one, StringComparison.Ordinal) && path[one.Length] == '/')
                return true;
        }

        return false;
    }
}
