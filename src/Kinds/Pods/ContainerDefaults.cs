namespace KubeSharp.Kinds.Pods;

/// <summary>Defaults of containers of any sort.</summary>
internal static class ContainerDefaults
{
    public static Container Apply(Container c) => c with
    {
        ImagePullPolicy = Or(c.ImagePullPolicy, Image.DefaultPullPolicy(c.Image)),
        TerminationMessagePath = Or(c.TerminationMessagePath, "/dev/termination-log"),
        TerminationMessagePolicy = Or(c.TerminationMessagePolicy, "File"),
        Ports = c.Ports.Each(Port),
        Env = c.Env.Each(Variable),
        Resources = Rounded(c.Resources),
        LivenessProbe = Probe(c.LivenessProbe),
        ReadinessProbe = Probe(c.ReadinessProbe),
        StartupProbe = Probe(c.StartupProbe),
        Lifecycle = Hooks(c.Lifecycle),
    };

    /// <summary>As a container of its fields would be filled.</summary>
    public static EphemeralContainer Apply(EphemeralContainer c)
    {
        var filled = Apply(EphemeralContainers.AsContainer(c));
        return c with
        {
            ImagePullPolicy = filled.ImagePullPolicy,
            TerminationMessagePath = filled.TerminationMessagePath,
            TerminationMessagePolicy = filled.TerminationMessagePolicy,
            Ports = filled.Ports,
            Env = filled.Env,
            Resources = filled.Resources,
            LivenessProbe = Probe(c.LivenessProbe),
            ReadinessProbe = Probe(c.ReadinessProbe),
            StartupProbe = Probe(c.StartupProbe),
            Lifecycle = Hooks(c.Lifecycle),
        };
    }

    /// <summary>What is limited and not requested is requested in full. Real pods only: a template keeps what its author wrote.</summary>
    public static ResourceRequirements RequestsFromLimits(ResourceRequirements resources)
    {
        if (resources.Limits.Keys.All(resources.Requests.ContainsKey))
            return resources;

        var requests = resources.Requests.ToDictionary();
        foreach (var (name, limit) in resources.Limits)
            requests.TryAdd(name, limit);
        return resources with { Requests = requests };
    }

    public static ResourceRequirements Rounded(ResourceRequirements resources) =>
        resources with { Limits = Rounded(resources.Limits), Requests = Rounded(resources.Requests) };

    /// <summary>Nothing is finer than a thousandth.</summary>
    public static IReadOnlyDictionary<string, Quantity> Rounded(IReadOnlyDictionary<string, Quantity> resources) =>
        resources.Values.All(q => q == q.RoundedToMilli()) ? resources : resources.ToDictionary(r => r.Key, r => r.Value.RoundedToMilli());

    public static string Or(string value, string otherwise) => value.Length > 0 ? value : otherwise;

    /// <summary>The changed list; the same nil if there is nothing in it.</summary>
    public static IReadOnlyList<T> Each<T>(this IReadOnlyList<T> items, Func<T, T> change) => items.Count == 0 ? items : [.. items.Select(change)];

    public static ObjectFieldSelector FieldRef(ObjectFieldSelector field) => field with { ApiVersion = Or(field.ApiVersion, "v1") };

    private static ContainerPort Port(ContainerPort port) => port with { Protocol = Or(port.Protocol, "TCP") };

    private static EnvVar Variable(EnvVar variable) => variable is not { ValueFrom: { } source }
        ? variable
        : variable with
        {
            ValueFrom = source with
            {
                FieldRef = source.FieldRef is { } field ? FieldRef(field) : null,
                FileKeyRef = source.FileKeyRef is { Optional: null } file ? file with { Optional = false } : source.FileKeyRef,
            },
        };

    private static Probe? Probe(Probe? p) => p is null ? null : p with
    {
        TimeoutSeconds = p.TimeoutSeconds == 0 ? 1 : p.TimeoutSeconds,
        PeriodSeconds = p.PeriodSeconds == 0 ? 10 : p.PeriodSeconds,
        SuccessThreshold = p.SuccessThreshold == 0 ? 1 : p.SuccessThreshold,
        FailureThreshold = p.FailureThreshold == 0 ? 3 : p.FailureThreshold,
        HttpGet = HttpGet(p.HttpGet),
        Grpc = p.Grpc is { Service: null } grpc ? grpc with { Service = "" } : p.Grpc,
    };

    private static Lifecycle? Hooks(Lifecycle? l) => l is null ? null : l with { PostStart = Handler(l.PostStart), PreStop = Handler(l.PreStop) };

    private static LifecycleHandler? Handler(LifecycleHandler? handler) => handler is null ? null : handler with { HttpGet = HttpGet(handler.HttpGet) };

    private static HTTPGetAction? HttpGet(HTTPGetAction? get) => get is null ? null : get with { Path = Or(get.Path, "/"), Scheme = Or(get.Scheme, "HTTP") };
}
