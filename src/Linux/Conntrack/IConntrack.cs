namespace KubeSharp.Linux.Conntrack;

/// <summary>The kernel's memory of flows.</summary>
public interface IConntrack
{
    /// <summary>Forgets the UDP flows for which <paramref name="isStale"/> holds, so that their next packet is translated anew.</summary>
    /// <returns>How many there were.</returns>
    int DeleteUdp(Func<Flow, bool> isStale);
}
