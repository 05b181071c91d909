using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Files;

/// <summary>Says when something in a directory is written, made, renamed or deleted: one inotify instance for any number of directories.</summary>
/// <remarks>
/// A user may have 128 inotify instances but many thousand watches, and each FileSystemWatcher takes an instance and a thread.
/// Callbacks run on the one reading thread and must be quick.
/// </remarks>
public sealed class DirectoryWatch : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const uint Mask = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400; // MODIFY, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE, DELETE_SELF
    private const int EventHeader = 16; // struct inotify_event: wd, mask, cookie, len

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<Action>> _watches = [];
    private readonly SafeFileHandle _inotify;
    private bool _isReading;

    public DirectoryWatch()
    {
        _inotify = Libc.inotify_init1(CloseOnExec);
        if (_inotify.IsInvalid)
            throw new SyscallException("inotify_init1", Marshal.GetLastPInvokeError());
    }

    /// <summary>Calls <paramref name="changed"/> after each change in the directory, until the answer is disposed.</summary>
    /// <exception cref="SyscallException">There is no such directory, or no watch is left.</exception>
    public IDisposable Watch(string directory, Action changed)
    {
        lock (_gate)
        {
            // Under the lock: two askers for one directory get one watch descriptor.
            var watch = SyscallException.Check(Libc.inotify_add_watch(_inotify, directory, Mask), $"inotify_add_watch {directory}");
            if (!_watches.TryGetValue(watch, out var callbacks))
                _watches[watch] = callbacks = [];
            callbacks.Add(changed);
            if (!_isReading)
            {
                _isReading = true;
                new Thread(Read) { IsBackground = true, Name = "inotify" }.Start();
            }

            return new Subscription(this, watch, changed);
        }
    }

    public void Dispose() => _inotify.Dispose();

    /// <summary>Blocks in read(2) for the life of the process: closing an inotify descriptor does not wake its reader.</summary>
    private void Read()
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        while (!_inotify.IsClosed)
        {
            int length;
            try
            {
                length = RandomAccess.Read(_inotify, buffer, 0);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return;
            }

            for (var at = 0; at + EventHeader <= length;)
            {
                var watch = BinaryPrimitives.ReadInt32LittleEndian(buffer[at..]);
                at += EventHeader + BinaryPrimitives.ReadInt32LittleEndian(buffer[(at + 12)..]);
                foreach (var callback in CallbacksOf(watch))
                    callback();
            }
        }
    }

    /// <summary>An overflow of the kernel's queue (watch -1) concerns everybody.</summary>
    private Action[] CallbacksOf(int watch)
    {
        lock (_gate)
            return watch == -1 ? [.. _watches.Values.SelectMany(w => w)] : _watches.TryGetValue(watch, out var list) ? [.. list] : [];
    }

    private void Remove(int watch, Action changed)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch, out var callbacks) || !callbacks.Remove(changed) || callbacks.Count > 0)
                return;

            _watches.Remove(watch);
            if (!_inotify.IsClosed)
                _ = Libc.inotify_rm_watch(_inotify, watch); // fails if the directory is gone, and the watch with it
        }
    }

    private sealed class Subscription(DirectoryWatch owner, int watch, Action changed) : IDisposable
    {
        public void Dispose() => owner.Remove(watch, changed);
    }
}
