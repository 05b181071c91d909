using KubeSharp.ServiceProxy.Model;

namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>The elements that one Service needs. Pure.</summary>
internal static class ServiceElements
{
    public static IReadOnlyList<RuleElement> Of(ServiceForwarding service)
    {
        var elements = new HashSet<RuleElement>();
        foreach (var forwarding in service.Forwardings)
            Add(elements, forwarding);
        return [.. elements];
    }

    private static void Add(HashSet<RuleElement> elements, Forwarding f)
    {
        var isNodePort = f.Frontend.Type == FrontendType.NodePort;
        var key = isNodePort ? $"{f.Frontend.Protocol} . {f.Frontend.Port}" : $"{f.Frontend.Address} . {f.Frontend.Protocol} . {f.Frontend.Port}";
        if (f.Frontend.Type == FrontendType.ClusterIP)
            elements.Add(new(Sets.ClusterIPs, f.Frontend.Address.ToString()));

        AddTarget(elements, f, f.Everyone, key, isNodePort ? Sets.NodePorts : Sets.Services, f.IsMasqueradedAlways ? Masquerade.Always : Masquerade.Strangers, 0);
        if (f.Outside is { } outside)
            AddTarget(elements, f, outside, key, isNodePort ? Sets.OutsideNodePorts : Sets.OutsideServices, Masquerade.Never, Sets.LocalSlots);

        if (f.AllowedSources.Count > 0)
        {
            elements.Add(new(Sets.Firewalled, key));
            foreach (var network in f.AllowedSources)
                elements.Add(new(Sets.Allowed, $"{key} . {network}"));
        }
    }

    private static void AddTarget(
        HashSet<RuleElement> elements, Forwarding f, Target target, string key, string verdicts, Masquerade masquerade, int firstSlot)
    {
        var isNodePort = f.Frontend.Type == FrontendType.NodePort;
        if (target.Backends.Count == 0)
        {
            elements.Add(target.IfEmpty == Refusal.Drop
                ? new(verdicts, key, "drop")
                : new(isNodePort ? Sets.NoNodePortEndpoints : Sets.NoEndpoints, key));
            return;
        }

        var chain = new ForwardingChain(isNodePort, masquerade, target.Backends.Count, (int)(f.Affinity?.TotalSeconds ?? 0));
        elements.Add(new(verdicts, key, $"goto {chain.Name}"));
        var ids = f.Affinity is null ? null : IdsOf(target.Backends);
        for (var i = 0; i < target.Backends.Count; i++)
        {
            var backend = target.Backends[i];
            var value = $"{backend.Address} . {backend.Port}";
            elements.Add(new(isNodePort ? Sets.NodePortEndpoints : Sets.Endpoints, $"{key} . {firstSlot + i}", value));
            elements.Add(new(Sets.Hairpins, $"{backend.Address} . {backend.Address}"));
            if (ids is null)
                continue;
            elements.Add(new(isNodePort ? Sets.NodePortStickyIds : Sets.StickyIds, $"{key} . {firstSlot + i}", $"0x{ids[i]:x8}"));
            elements.Add(new(isNodePort ? Sets.NodePortStickyEndpoints : Sets.StickyEndpoints, $"{key} . 0x{ids[i]:x8}", value));
        }
    }

    /// <summary>A number for each backend that depends on the backend alone, as far as 32 bits go.</summary>
    private static uint[] IdsOf(IReadOnlyList<Backend> backends)
    {
        var ids = new uint[backends.Count];
        var taken = new HashSet<uint>();
        for (var i = 0; i < ids.Length; i++)
        {
            var id = IdOf(backends[i]);
            while (!taken.Add(id))
                id++;
            ids[i] = id;
        }

        return ids;
    }

    /// <summary>The address, stirred with the port so that one address's ports are apart. Not zero, which is what an unset mark looks like.</summary>
    private static uint IdOf(Backend backend)
    {
        var address = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(backend.Address.GetAddressBytes());
        return Math.Max(1, address ^ (backend.Port * 2654435761u));
    }
}
