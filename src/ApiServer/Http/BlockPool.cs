using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace KubeSharp.ApiServer.Http;

/// <summary>
/// The memory of connections in blocks as large as a TLS record. Each block becomes a record of its own: with Kestrel's 4 KiB a list of many
/// megabytes would be encrypted, and handed to the kernel, in four times as many pieces.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int RecordSize = 16 * 1024;

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(ArrayPool<byte>.Shared.Rent(Math.Max(minBufferSize, Size)));

    // Blocks go back to the process's own pool: one pool for all is enough.
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    private static readonly int Size = int.TryParse(Environment.GetEnvironmentVariable("M_BLOCK"), out var s) ? s : RecordSize;

    protected override void Dispose(bool disposing)
    {
        // Whoever created it thinks that it is his own.
    }

    private sealed class Block(byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } mine)
                ArrayPool<byte>.Shared.Return(mine);
        }
    }
}
