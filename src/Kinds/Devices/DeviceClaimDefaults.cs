using KubeSharp.Kinds.Pods;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>Defaults of what a claim asks for: one device, and taints tolerated by value.</summary>
internal static class DeviceClaimDefaults
{
    public static ResourceClaimSpec Apply(ResourceClaimSpec spec) => spec with
    {
        Devices = spec.Devices with { Requests = spec.Devices.Requests.Each(Request) },
    };

    public static DeviceToleration Toleration(DeviceToleration toleration) => toleration with { Operator = ContainerDefaults.Or(toleration.Operator, "Equal") };

    private static DeviceRequest Request(DeviceRequest request) => request with
    {
        Exactly = request.Exactly is { } one ? one with
        {
            AllocationMode = ContainerDefaults.Or(one.AllocationMode, "ExactCount"),
            Count = Count(one.AllocationMode, one.Count),
            Tolerations = one.Tolerations.Each(Toleration),
        } : null,
        FirstAvailable = request.FirstAvailable.Each(s => s with
        {
            AllocationMode = ContainerDefaults.Or(s.AllocationMode, "ExactCount"),
            Count = Count(s.AllocationMode, s.Count),
            Tolerations = s.Tolerations.Each(Toleration),
        }),
    };

    private static long Count(string mode, long count) => mode is "" or "ExactCount" && count == 0 ? 1 : count;
}
