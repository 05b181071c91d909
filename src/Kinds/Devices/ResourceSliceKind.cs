using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>All the API server knows about ResourceSlices: the devices a driver offers.</summary>
internal sealed class ResourceSliceKind(TimeProvider clock) : Kind<ResourceSlice>
{
    private const string Driver = "spec.driver";
    private const string NodeName = "spec.nodeName";
    private const string OneOfFour = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    private const int MaxDevices = 128;
    private const int MaxElaborateDevices = 64;
    private const int MaxCounterSets = 8;
    private const int MaxCounters = 32;

    public override IReadOnlyCollection<string> FieldNames { get; } = [NodeName, Driver];

    public override IReadOnlyDictionary<string, string> SelectableFields(ResourceSlice obj) =>
        new Dictionary<string, string> { [NodeName] = obj.Spec.NodeName ?? "", [Driver] = obj.Spec.Driver };

    public override ResourceSlice ApplyDefaults(ResourceSlice obj) => obj.Spec.Devices.All(d => d.Taints.All(t => t.TimeAdded is not null)) ? obj : obj with
    {
        Spec = obj.Spec with { Devices = obj.Spec.Devices.Each(d => d with { Taints = d.Taints.Each(t => t with { TimeAdded = t.TimeAdded ?? Now() }) }) },
    };

    public override ResourceSlice PrepareForCreate(ResourceSlice obj) => WithoutGated(obj);

    public override ResourceSlice PrepareForUpdate(ResourceSlice old, ResourceSlice obj) => WithoutGated(obj);

    public override void Validate(ResourceSlice obj, Findings findings) => Validate(obj.Spec, null, findings);

    public override void ValidateUpdate(ResourceSlice old, ResourceSlice obj, Findings findings) => Validate(obj.Spec, old.Spec, findings);

    public override IReadOnlyList<object?> Cells(ResourceSlice obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Spec.NodeName ?? "", obj.Spec.Driver, obj.Spec.Pool.Name, Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static void Validate(ResourceSliceSpec spec, ResourceSliceSpec? old, Findings findings)
    {
        findings.DriverName(Driver, spec.Driver);
        findings.PoolName("spec.pool.name", spec.Pool.Name);
        if (spec.Pool.ResourceSliceCount <= 0)
            findings.Invalid("spec.pool.resourceSliceCount", spec.Pool.ResourceSliceCount, "must be greater than zero");
        if (spec.Pool.Generation < 0)
            findings.Invalid("spec.pool.generation", spec.Pool.Generation, "must be greater than or equal to zero");
        if (old is not null)
        {
            findings.Immutable("spec.pool.name", old.Pool.Name, spec.Pool.Name);
            findings.Immutable(Driver, old.Driver, spec.Driver);
            findings.Immutable(NodeName, old.NodeName, spec.NodeName);
        }

        Where(spec, findings);
        if (!Nil.Is(spec.SharedCounters) && !Nil.Is(spec.Devices))
            findings.Invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed");

        var isElaborate = spec.Devices.Any(d => d.Taints.Count > 0 || d.ConsumesCounters.Count > 0);
        findings.UniqueItems("spec.devices", spec.Devices, isElaborate ? MaxElaborateDevices : MaxDevices, d => d.Name, (device, at) =>
            new DeviceRules(device, old?.Devices.FirstOrDefault(d => d.Name == device.Name), findings).Validate(at, spec.PerDeviceNodeSelection == true));
        findings.UniqueItems("spec.sharedCounters", spec.SharedCounters, MaxCounterSets, c => c.Name, (set, at) =>
        {
            if (set.Name.Length == 0)
                findings.Required($"{at}.name");
            else
                findings.Label($"{at}.name", set.Name);
            DeviceRules.Counters(set.Counters, MaxCounters, $"{at}.counters", findings);
        });
    }

    /// <summary>The nodes from which the devices can be reached are told in one of four ways.</summary>
    private static void Where(ResourceSliceSpec spec, Findings findings)
    {
        var ways = new List<string>();
        if (spec.NodeName is { Length: > 0 } name)
        {
            ways.Add("`nodeName`");
            findings.Each(NodeName, name, NameRules.Dns1123Subdomain(name));
        }
        else if (spec.NodeName is not null)
        {
            findings.Invalid(NodeName, spec.NodeName, "must be either unset or set to a non-empty string");
        }

        if (spec.NodeSelector is { } selector)
        {
            ways.Add("`nodeSelector`");
            AffinityRules.NodeSelector(selector, "spec.nodeSelector", findings);
            // Selectors of several slices are merged, which one term makes simple.
            if (selector.NodeSelectorTerms.Count != 1)
                findings.Invalid("spec.nodeSelector.nodeSelectorTerms", selector.NodeSelectorTerms, "must have exactly one node selector term");
        }

        Flag("allNodes", spec.AllNodes);
        Flag("perDeviceNodeSelection", spec.PerDeviceNodeSelection);
        if (ways.Count == 0)
            findings.Required("spec", OneOfFour);
        else if (ways.Count > 1)
            findings.Invalid("spec", $"{{{string.Join(", ", ways)}}}", $"{OneOfFour}, but multiple fields are set");

        void Flag(string field, bool? flag)
        {
            if (flag == true)
                ways.Add($"`{field}`");
            else if (flag == false)
                findings.Invalid($"spec.{field}", false, "must be either unset or set to true");
        }
    }

    /// <summary>Fields of features that are not on by default are dropped.</summary>
    private static ResourceSlice WithoutGated(ResourceSlice obj) => obj.Spec.Devices.All(d => d == Device(d)) ? obj : obj with
    {
        Spec = obj.Spec with { Devices = obj.Spec.Devices.Each(Device) },
    };

    private static Device Device(Device device) => device with
    {
        NodeAllocatableResourceMappings = Nil.Map<NodeAllocatableResourceMapping>(),
        Attributes = device.Attributes.Values.All(a => a == Scalar(a)) ? device.Attributes : device.Attributes.ToDictionary(a => a.Key, a => Scalar(a.Value)),
    };

    private static DeviceAttribute Scalar(DeviceAttribute a) => a with
    {
        Ints = Nil.List<long>(),
        Bools = Nil.List<bool>(),
        Strings = Nil.List<string>(),
        Versions = Nil.List<string>(),
    };

    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }
}
