using KubeSharp.Objects.CoreV1;
using ResourceClaim = KubeSharp.Objects.ResourceV1.ResourceClaim;

namespace KubeSharp.Objects.Quotas;

/// <summary>
/// What one object counts against the quotas of its namespace. Pure; shared by the admission that charges and the controller that
/// recounts, so that both always agree.
/// </summary>
public static class QuotaUsage
{
    private const string StorageClassSuffix = ".storageclass.storage.k8s.io/";
    private const string DeviceClassSuffix = ".deviceclass.resource.k8s.io/devices";

    /// <summary>A claim for all devices of a class may get this many (upstream's AllocationResultsMaxSize).</summary>
    private const long MostDevices = 32;

    private static readonly Quantity One = Quantity.From(1);

    /// <summary>Kinds that quotas named before there was <c>count/</c>.</summary>
    private static readonly HashSet<string> Plain = ["configmaps", "secrets", "replicationcontrollers", "resourcequotas"];

    private static readonly HashSet<string> ServiceNames = ["services", "services.nodeports", "services.loadbalancers"];

    private static readonly HashSet<string> PodNames =
    [
        "pods", "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ];

    /// <summary>If a quota limits one of these, every container has to say it (upstream regrets it, and keeps it).</summary>
    private static readonly string[] Mandatory = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

    /// <summary>Events are so many and so short-lived that no quota counts them.</summary>
    public static bool IsCounted(ResourceType type) => type.Namespaced && type.Plural != "events";

    /// <summary>All that the object uses, by the names quotas have for it.</summary>
    public static Dictionary<string, Quantity> Of(ResourceType type, IObject obj, DateTimeOffset now)
    {
        var usage = new Dictionary<string, Quantity> { ["count/" + type.QualifiedPlural] = One };
        switch (obj)
        {
            case Pod pod when IsAlive(pod, now):
                AddCompute(usage, PodTotals.Requests(pod), PodTotals.Limits(pod));
                break;
            case Pod:
                break;
            case Service service:
                AddService(usage, service);
                break;
            case PersistentVolumeClaim claim:
                AddStorage(usage, claim);
                break;
            case ResourceClaim claim:
                AddDevices(usage, claim);
                break;
            default:
                if (type.Group.Length == 0 && Plain.Contains(type.Plural))
                    usage[type.Plural] = One;
                break;
        }

        return usage;
    }

    /// <summary>Whether objects of this type can count against what a quota calls <paramref name="name"/>.</summary>
    public static bool Names(ResourceType type, string name)
    {
        if (name == "count/" + type.QualifiedPlural)
            return true;

        return (type.Group, type.Plural) switch
        {
            ("", "pods") => PodNames.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal)
                || (name.StartsWith("requests.", StringComparison.Ordinal) && !IsNative(name)),
            ("", "services") => ServiceNames.Contains(name),
            ("", "persistentvolumeclaims") => name is "persistentvolumeclaims" or "requests.storage"
                || name.EndsWith(StorageClassSuffix + "persistentvolumeclaims", StringComparison.Ordinal) || name.EndsWith(StorageClassSuffix + "requests.storage", StringComparison.Ordinal),
            ("resource.k8s.io", "resourceclaims") => name.EndsWith(DeviceClassSuffix, StringComparison.Ordinal),
            ("", _) => Plain.Contains(name) && name == type.Plural,
            _ => false,
        };
    }

    /// <summary>What a pod leaves unsaid though the quota needs it: the name, and the containers that do not say it.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Containers)> Unsaid(Pod pod, IReadOnlyCollection<string> limited)
    {
        foreach (var name in Mandatory.Where(limited.Contains).Order(StringComparer.Ordinal))
        {
            var silent = pod.Spec.Containers.Concat(pod.Spec.InitContainers).Where(c => !Says(c.Resources)).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal).ToList();
            if (silent.Count > 0 && !(pod.Spec.Resources is { } whole && Says(whole)))
                yield return (name, silent);

            bool Says(ResourceRequirements resources) => name.StartsWith("limits.", StringComparison.Ordinal)
                ? resources.Limits.ContainsKey(name["limits.".Length..])
                : resources.Requests.ContainsKey(name.StartsWith("requests.", StringComparison.Ordinal) ? name["requests.".Length..] : name);
        }
    }

    /// <summary>A pod that has ended, or whose node did not let it end in time, uses nothing any more.</summary>
    private static bool IsAlive(Pod pod, DateTimeOffset now) =>
        pod.Status.Phase is not ("Failed" or "Succeeded")
        && !(pod.Metadata is { DeletionTimestamp: { } deleted, DeletionGracePeriodSeconds: { } grace } && now > deleted.AddSeconds(grace));

    private static void AddCompute(Dictionary<string, Quantity> usage, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        usage["pods"] = One;
        foreach (var (name, amount) in requests)
        {
            if (name is "cpu" or "memory" or "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal))
                usage[name] = usage["requests." + name] = amount;
            else if (!IsNative(name))
                usage["requests." + name] = amount;
        }

        foreach (var (name, amount) in limits)
        {
            if (name is "cpu" or "memory" or "ephemeral-storage")
                usage["limits." + name] = amount;
        }
    }

    /// <summary>Ports of nodes are counted by intent: none is allocated yet when admission looks.</summary>
    private static void AddService(Dictionary<string, Quantity> usage, Service service)
    {
        var (type, ports) = (service.Spec.Type, service.Spec.Ports);
        var nodePorts = type switch
        {
            "NodePort" => ports.Count,
            "LoadBalancer" => service.Spec.AllocateLoadBalancerNodePorts == false ? ports.Count(p => p.NodePort != 0) : ports.Count,
            _ => 0,
        };
        usage["services"] = One;
        usage["services.nodeports"] = Quantity.From(nodePorts);
        usage["services.loadbalancers"] = Quantity.From(type == "LoadBalancer" ? 1 : 0);
    }

    private static void AddStorage(Dictionary<string, Quantity> usage, PersistentVolumeClaim claim)
    {
        var name = claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class") ?? claim.Spec.StorageClassName ?? "";
        Add("persistentvolumeclaims", One);
        if (!claim.Spec.Resources.Requests.TryGetValue("storage", out var wanted))
            return;

        // An expansion that was begun is paid for even if it is no longer wanted.
        if (claim.Status.AllocatedResources.TryGetValue("storage", out var allocated) && allocated > wanted)
            wanted = allocated;
        Add("requests.storage", Quantity.From(wanted.Value, wanted.Format));

        void Add(string what, Quantity amount)
        {
            usage[what] = amount;
            if (name.Length > 0)
                usage[name + StorageClassSuffix + what] = amount;
        }
    }

    private static void AddDevices(Dictionary<string, Quantity> usage, ResourceClaim claim)
    {
        foreach (var request in claim.Spec.Devices.Requests)
        {
            // Of alternatives only one is taken; what counts is the worst of each class.
            var worst = new Dictionary<string, long>();
            if (request.Exactly is { } exact)
                worst[exact.DeviceClassName] = CountOf(exact.AllocationMode, exact.Count);
            foreach (var alternative in request.FirstAvailable)
                worst[alternative.DeviceClassName] = Math.Max(worst.GetValueOrDefault(alternative.DeviceClassName), CountOf(alternative.AllocationMode, alternative.Count));
            foreach (var (name, count) in worst)
            {
                var key = name + DeviceClassSuffix;
                usage[key] = usage.GetValueOrDefault(key) + Quantity.From(count);
            }
        }

        static long CountOf(string mode, long count) => mode == "All" ? MostDevices : Math.Max(count, 1);
    }

    /// <summary>Kubernetes' own names: those without a domain, and those under kubernetes.io.</summary>
    private static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);
}
