using KubeSharp.Kinds.Fairness;
using KubeSharp.Objects.FlowcontrolV1;
using Subject = KubeSharp.Objects.FlowcontrolV1.Subject;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>The schemas and levels of a new cluster: the mandatory ones, and those an administrator may change (api/system-objects.tsv).</summary>
internal static class SuggestedFlows
{
    private static readonly string[] All = ["*"];

    public static IReadOnlyList<PriorityLevelConfiguration> Levels { get; } =
    [
        Mandatory(MandatoryFlows.Exempt),
        Mandatory(MandatoryFlows.CatchAll),
        Level("system", 30, 33, 64, 6),
        Level("node-high", 40, 25, 64, 6),
        Level("leader-election", 10, 0, 16, 4),
        Level("workload-high", 40, 50, 128, 6),
        Level("workload-low", 100, 90, 128, 6),
        Level("global-default", 20, 50, 128, 6),
    ];

    public static IReadOnlyList<FlowSchema> Schemas { get; } =
    [
        Schema(MandatoryFlows.Exempt, MandatoryFlows.Schema(MandatoryFlows.Exempt)!),
        Schema(MandatoryFlows.CatchAll, MandatoryFlows.Schema(MandatoryFlows.CatchAll)!),
        Schema("probes", MandatoryFlows.Exempt, 2, "", new PolicyRulesWithSubjects
        {
            Subjects = [Group(Authentication.Identity.Unauthenticated), Group(Authentication.Identity.Authenticated)],
            NonResourceRules = [new() { Verbs = ["get"], NonResourceURLs = ["/healthz", "/readyz", "/livez"] }],
        }),
        Schema("system-leader-election", "leader-election", 100, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [User("system:kube-controller-manager"), User("system:kube-scheduler"), Account("kube-system")],
            ResourceRules = [Resources(["get", "create", "update"], "coordination.k8s.io", ["leases"], isCluster: false)],
        }),
        Schema("system-node-high", "node-high", 400, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [Group("system:nodes")],
            ResourceRules = [Resources(All, "", ["nodes", "nodes/status"], isCluster: true), Resources(All, "coordination.k8s.io", ["leases"], isCluster: false)],
        }),
        Schema("system-nodes", "system", 500, "ByUser", Everything(Group("system:nodes"))),
        Schema("kube-controller-manager", "workload-high", 800, "ByNamespace", Everything(User("system:kube-controller-manager"))),
        Schema("kube-scheduler", "workload-high", 800, "ByNamespace", Everything(User("system:kube-scheduler"))),
        Schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", Everything(Account("kube-system"))),
        Schema("service-accounts", "workload-low", 9000, "ByUser", Everything(Group("system:serviceaccounts"))),
        Schema("global-default", "global-default", 9900, "ByUser", Everything(Group(Authentication.Identity.Unauthenticated), Group(Authentication.Identity.Authenticated))),
    ];

    private static PriorityLevelConfiguration Mandatory(string name) => new() { Metadata = new() { Name = name }, Spec = MandatoryFlows.Level(name)! };

    private static PriorityLevelConfiguration Level(string name, int shares, int lendable, int queues, int hand) => new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Type = "Limited",
            Limited = new()
            {
                NominalConcurrencyShares = shares,
                LendablePercent = lendable,
                LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = queues, HandSize = hand, QueueLengthLimit = 50 } },
            },
        },
    };

    private static FlowSchema Schema(string name, FlowSchemaSpec spec) => new() { Metadata = new() { Name = name }, Spec = spec };

    private static FlowSchema Schema(string name, string level, int precedence, string method, PolicyRulesWithSubjects rule) => Schema(name, new()
    {
        PriorityLevelConfiguration = new() { Name = level },
        MatchingPrecedence = precedence,
        DistinguisherMethod = method.Length > 0 ? new() { Type = method } : null,
        Rules = [rule],
    });

    private static PolicyRulesWithSubjects Everything(params Subject[] subjects) => new()
    {
        Subjects = subjects,
        ResourceRules = [Resources(All, "*", All, isCluster: true)],
        NonResourceRules = [new() { Verbs = All, NonResourceURLs = All }],
    };

    private static ResourcePolicyRule Resources(string[] verbs, string group, string[] resources, bool isCluster) =>
        new() { Verbs = verbs, ApiGroups = [group], Resources = resources, Namespaces = All, ClusterScope = isCluster };

    private static Subject Group(string name) => new() { Kind = "Group", Group = new() { Name = name } };

    private static Subject User(string name) => new() { Kind = "User", User = new() { Name = name } };

    private static Subject Account(string ns) => new() { Kind = "ServiceAccount", ServiceAccount = new() { Namespace = ns, Name = "*" } };
}
