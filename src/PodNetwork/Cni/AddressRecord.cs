using System.Net;

namespace KubeSharp.PodNetwork.Cni;

/// <summary>
/// host-local's record: a directory with a file per address, named like it, whose first line is the sandbox that has it. A machine that
/// lost power between making a sandbox and recording it keeps the address for ever: a /24 runs dry after 253 such accidents.
/// </summary>
internal sealed class AddressRecord(string folder, TimeProvider clock)
{
    /// <summary>A sandbox in the making has its address before the runtime lists it.</summary>
    private static readonly TimeSpan LongestCreation = TimeSpan.FromMinutes(5);

    /// <summary>The addresses whose owner is not among the living and not still being made.</summary>
    public IReadOnlyList<IPAddress> Free(IReadOnlySet<string> liveSandboxes)
    {
        var freed = new List<IPAddress>();
        if (!Directory.Exists(folder))
            return freed;

        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (!IPAddress.TryParse(Path.GetFileName(file), out var address) // "lock" and "last_reserved_ip.0" are no addresses
                || clock.GetUtcNow() - File.GetLastWriteTimeUtc(file) < LongestCreation)
                continue;

            var owner = File.ReadLines(file).FirstOrDefault("").Trim();
            if (liveSandboxes.Contains(owner))
                continue;

            File.Delete(file);
            freed.Add(address);
        }

        return freed;
    }
}
