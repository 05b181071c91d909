namespace KubeSharp.ApiServer.Authentication;

/// <summary>The names that Kubernetes gives to programs.</summary>
public static class Identities
{
    /// <summary>Before the namespace and name of an account, which a colon parts.</summary>
    public const string AccountPrefix = "system:serviceaccount:";

    private const string Accounts = "system:serviceaccounts";

    public static Identity ServiceAccount(string ns, string name) =>
        new(AccountName(ns, name), [Accounts, $"{Accounts}:{ns}", Identity.Authenticated]);

    public static string AccountName(string ns, string name) => $"{AccountPrefix}{ns}:{name}";

    public static Identity Node(string name) => new($"system:node:{name}", ["system:nodes", Identity.Authenticated]);

    public const string ServerName = "system:apiserver";

    /// <summary>The server itself, in its own loops.</summary>
    public static Identity Server { get; } = new(ServerName, [Identity.Masters, Identity.Authenticated]);

    public static Identity Scheduler { get; } = new("system:kube-scheduler", [Identity.Authenticated]);

    /// <summary>The node's name if this is a node's agent.</summary>
    public static string? NodeName(Identity user)
    {
        const string Prefix = "system:node:";
        return user.Groups.Contains("system:nodes") && user.Name.StartsWith(Prefix, StringComparison.Ordinal) && user.Name.Length > Prefix.Length
            ? user.Name[Prefix.Length..]
            : null;
    }
}
