using System.Text;
using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;
using ResourceClaim = KubeSharp.Objects.ResourceV1.ResourceClaim;

namespace KubeSharp.Kinds.Devices;

/// <summary>A claim's status: what it got, who uses it, and how the devices are.</summary>
internal sealed class AllocationRules(ResourceClaim old, ResourceClaim claim, Findings findings)
{
    private const int MaxConsumers = 256;
    private const int MaxConditions = 8;
    private const int MaxAddresses = 16;
    private const string Reserved = "status.reservedFor";

    private readonly RequestNames _names = new(claim.Spec.Devices);

    public void Validate()
    {
        var status = claim.Status;
        findings.UniqueItems(Reserved, status.ReservedFor, MaxConsumers, c => c.Uid, (consumer, at) =>
        {
            findings.Present($"{at}.resource", consumer.Resource);
            findings.Present($"{at}.name", consumer.Name);
            findings.Present($"{at}.uid", consumer.Uid);
        });
        var allocated = (status.Allocation?.Devices.Results ?? []).Select(r => Id(r.Driver, r.Pool, r.Device, r.ShareID)).ToHashSet();
        findings.UniqueItems("status.devices", status.Devices, int.MaxValue, d => Id(d.Driver, d.Pool, d.Device, d.ShareID), (device, at) => Device(device, allocated, at));
        Consumers();

        if (old.Status.Allocation is not null && status.Allocation is not null)
            findings.Immutable("status.allocation", old.Status.Allocation, status.Allocation);
        else if (status.Allocation is { } allocation)
            Allocation(allocation, "status.allocation");
    }

    private static string Id(string driver, string pool, string device, string? share) =>
        share is null ? $"{driver}/{pool}/{device}" : $"{driver}/{pool}/{device}/{share}";

    private void Consumers()
    {
        if (claim.Status.ReservedFor.Count == 0)
            return;

        if (claim.Status.Allocation is null)
            findings.Forbidden(Reserved, "may not be specified when `allocated` is not set");
        else if (claim.Metadata.DeletionTimestamp is not null && claim.Status.ReservedFor.Any(c => !old.Status.ReservedFor.Contains(c)))
            findings.Forbidden(Reserved, "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
    }

    private void Device(AllocatedDeviceStatus device, HashSet<string> allocated, string path)
    {
        findings.DriverName($"{path}.driver", device.Driver);
        findings.PoolName($"{path}.pool", device.Pool);
        findings.Label($"{path}.device", device.Device);
        if (device.ShareID is { } share)
            findings.Uid($"{path}.shareID", share);
        var id = Id(device.Driver, device.Pool, device.Device, device.ShareID);
        if (!allocated.Contains(id))
            findings.Invalid(path, id, "must be an allocated device in the claim");
        if (device.Conditions.Count > MaxConditions)
            findings.TooMany($"{path}.conditions", device.Conditions.Count, MaxConditions);
        findings.Conditions($"{path}.conditions", device.Conditions);
        if (device.Data is { IsEmpty: false } data)
            DeviceParts.Object(data, $"{path}.data", findings);
        if (device.NetworkData is { } network)
            Network(network, $"{path}.networkData");
    }

    private void Network(NetworkDeviceData network, string path)
    {
        if (Encoding.UTF8.GetByteCount(network.InterfaceName) > 256)
            findings.TooLong($"{path}.interfaceName", 256);
        if (Encoding.UTF8.GetByteCount(network.HardwareAddress) > 128)
            findings.TooLong($"{path}.hardwareAddress", 128);
        findings.UniqueItems($"{path}.ips", network.Ips, MaxAddresses, ip => ip, (ip, at) =>
        {
            if (!AddressRules.IsCidr(ip))
                findings.Invalid(at, ip, "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
        });
    }

    private void Allocation(AllocationResult allocation, string path)
    {
        findings.Items($"{path}.devices.results", allocation.Devices.Results, DeviceClaimRules.MaxItems, Result);
        // What the class asks for and what the claim asks for.
        findings.Items($"{path}.devices.config", allocation.Devices.Config, 2 * DeviceClaimRules.MaxItems, (config, at) =>
        {
            findings.OneOf($"{at}.source", config.Source, "FromClaim", "FromClass");
            findings.UniqueItems($"{at}.requests", config.Requests, DeviceClaimRules.MaxItems, n => n, (name, field) => _names.Validate(field, name, findings));
            new DeviceParts(findings).Opaque(config.Opaque, $"{at}.opaque");
        });
        if (allocation.NodeSelector is { } selector)
            AffinityRules.NodeSelector(selector, $"{path}.nodeSelector", findings);
    }

    private void Result(DeviceRequestAllocationResult result, string path)
    {
        _names.Validate($"{path}.request", result.Request, findings);
        findings.DriverName($"{path}.driver", result.Driver);
        findings.PoolName($"{path}.pool", result.Pool);
        findings.Label($"{path}.device", result.Device);
        DeviceRules.BindingConditions(result.BindingConditions, result.BindingFailureConditions, path, findings);
        for (var i = 0; i < result.Tolerations.Count; i++)
            DeviceTaintRules.Validate(result.Tolerations[i], $"{path}.tolerations[{i}]", findings);
        if (result.ShareID is { } share)
            findings.Uid($"{path}.shareID", share);
    }
}
