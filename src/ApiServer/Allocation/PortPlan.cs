namespace KubeSharp.ApiServer.Allocation;

/// <summary>Which node ports a write has to take for its Service, and which port of the Service gets which. Pure but for the ports filled in.</summary>
internal sealed class PortPlan
{
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<int, Slot> _byIndex = [];

    /// <summary>In the order of the Service's ports.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <param name="old">Before an update; null on a create.</param>
    public static PortPlan Of(ServiceSpec? old, ServiceSpec spec)
    {
        var plan = new PortPlan();
        if (spec.Type is "NodePort" or "LoadBalancer" && old is null)
            plan.AddNew(spec);
        else if (spec.Type is "NodePort" or "LoadBalancer")
            plan.AddChanged(ServiceNeeds.PortsOf(old!), spec);
        return plan;
    }

    public ServiceSpec Fill(ServiceSpec spec) => _byIndex.Count == 0 ? spec : spec with { Ports = [.. spec.Ports.Select((p, i) => _byIndex.TryGetValue(i, out var slot) ? p with { NodePort = slot.Port } : p)] };

    /// <summary>The same port in TCP and UDP has one node port for both, as DNS needs it.</summary>
    private void AddNew(ServiceSpec spec)
    {
        var byNumber = new Dictionary<int, Slot>();
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var port = spec.Ports[i];
            if (port.NodePort == 0 && !ServiceNeeds.NodePorts(spec))
                continue;

            if (!byNumber.TryGetValue(port.Port, out var slot))
                byNumber[port.Port] = _byIndex[i] = Add(i, spec.Ports.FirstOrDefault(p => p.Port == port.Port && p.NodePort != 0)?.NodePort ?? 0);
            else if (port.NodePort == 0)
                _byIndex[i] = slot;
            else if (port.NodePort != slot.Wanted)
                _byIndex[i] = Add(i, port.NodePort);
        }
    }

    private void AddChanged(HashSet<int> held, ServiceSpec spec)
    {
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var wanted = spec.Ports[i].NodePort;
            if (wanted == 0 ? ServiceNeeds.NodePorts(spec) : !held.Contains(wanted) && _slots.All(s => s.Wanted != wanted))
                _byIndex[i] = Add(i, wanted);
        }
    }

    private Slot Add(int index, int wanted)
    {
        var slot = new Slot(index, wanted) { IsRepeated = wanted != 0 && _slots.Any(s => s.Wanted == wanted) };
        _slots.Add(slot);
        return slot;
    }

    /// <param name="Wanted">0 for any.</param>
    internal sealed record Slot(int Index, int Wanted)
    {
        /// <summary>The port that was taken.</summary>
        public int Port { get; set; }

        /// <summary>Whether another port of the same Service wants it too.</summary>
        public bool IsRepeated { get; init; }
    }
}
