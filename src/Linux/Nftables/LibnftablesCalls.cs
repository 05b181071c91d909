using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Nftables;

/// <summary>nftables/libnftables.h; symbol version LIBNFTABLES_1 only, so every libnftables.so.1 will do.</summary>
internal static unsafe partial class LibnftablesCalls
{
    private const string Library = "libnftables.so.1";

    public const uint OutputJson = 1 << 4;
    public const uint OutputTerse = 1 << 11;

    [LibraryImport(Library)]
    public static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    public static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    public static partial void nft_ctx_output_set_flags(NftContext context, uint flags);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_output(NftContext context);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_error(NftContext context);

    [LibraryImport(Library)]
    public static partial byte* nft_ctx_get_output_buffer(NftContext context);

    [LibraryImport(Library)]
    public static partial byte* nft_ctx_get_error_buffer(NftContext context);

    [LibraryImport(Library)]
    public static partial int nft_run_cmd_from_buffer(NftContext context, byte* zeroTerminated);
}
