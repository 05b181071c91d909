using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Nftables;

/// <summary>struct nft_ctx. Its netlink socket belongs to the network namespace of the thread that made it.</summary>
internal sealed class NftContext : SafeHandle
{
    public NftContext()
        : base(0, ownsHandle: true)
    {
        SetHandle(LibnftablesCalls.nft_ctx_new(0));
        if (IsInvalid)
            throw new NftException("", "nft_ctx_new failed");

        // Output and errors go to memory, never to this process's terminal.
        _ = LibnftablesCalls.nft_ctx_buffer_output(this);
        _ = LibnftablesCalls.nft_ctx_buffer_error(this);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibnftablesCalls.nft_ctx_free(handle);
        return true;
    }
}
