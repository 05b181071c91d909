using System.Runtime.InteropServices;
using System.Text;
using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Nftables;

/// <summary>nftables through libnftables, in the network namespace of the thread that makes this object.</summary>
public sealed class LibNftables : INftables, IDisposable
{
    private readonly NftContext _context = new();
    private readonly NetlinkSocket _netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
    private readonly NftMonitor _monitor = new();
    private readonly Lock _gate = new();

    public NftGeneration Run(string ruleset)
    {
        lock (_gate)
            return Run_NeedsLock(ruleset);
    }

    public NftGeneration RunUnheard(string ruleset)
    {
        lock (_gate)
        {
            _monitor.Pause();
            try
            {
                return Run_NeedsLock(ruleset);
            }
            finally
            {
                _monitor.Resume();
            }
        }
    }

    public string List(string command)
    {
        lock (_gate)
            return Execute_NeedsLock(command, LibnftablesCalls.OutputJson);
    }

    public uint CurrentGeneration()
    {
        lock (_gate)
            return Generation_NeedsLock();
    }

    public IAsyncEnumerable<NftChange> WatchAsync(CancellationToken ct) => _monitor.WatchAsync(ct);

    public void Dispose()
    {
        _monitor.Dispose();
        _netfilter.Dispose();
        _context.Dispose();
    }

    private NftGeneration Run_NeedsLock(string ruleset)
    {
        var before = Generation_NeedsLock();
        Execute_NeedsLock(ruleset, outputFlags: 0);
        return new(before, Generation_NeedsLock());
    }

    private unsafe string Execute_NeedsLock(string text, uint outputFlags)
    {
        LibnftablesCalls.nft_ctx_output_set_flags(_context, outputFlags);
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        int result;
        fixed (byte* zeroTerminated = bytes)
            result = LibnftablesCalls.nft_run_cmd_from_buffer(_context, zeroTerminated);

        // Reading empties the buffers, so both are read whatever the result.
        var output = Marshal.PtrToStringUTF8((nint)LibnftablesCalls.nft_ctx_get_output_buffer(_context)) ?? "";
        var errors = Marshal.PtrToStringUTF8((nint)LibnftablesCalls.nft_ctx_get_error_buffer(_context)) ?? "";
        return result == 0 ? output : throw new NftException(text, errors.TrimEnd());
    }

    private uint Generation_NeedsLock()
    {
        uint generation = 0;
        _netfilter.Ask(new GetGeneration(), (_, body) => generation = NftMonitor.GenerationOf(body).Generation);
        return generation;
    }
}
