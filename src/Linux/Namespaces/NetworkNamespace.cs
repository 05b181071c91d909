using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Namespaces;

/// <summary>A network namespace and the way to run code inside it.</summary>
/// <remarks>setns acts on a thread, so every run gets a thread of its own that ends with it: a pool thread would carry the namespace to strangers.</remarks>
public sealed class NetworkNamespace : IDisposable
{
    private const string Folder = "/run/netns";

    private readonly SafeFileHandle _handle;

    private NetworkNamespace(string path) => (Path, _handle) = (path, File.OpenHandle(path));

    /// <summary>The file that stands for the namespace.</summary>
    public string Path { get; }

    /// <summary>The open file descriptor, for netlink attributes that name a namespace. Valid until disposed.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>The namespace of a path such as <c>/run/netns/NAME</c> or <c>/proc/PID/ns/net</c>.</summary>
    public static NetworkNamespace Open(string path) => new(path);

    /// <summary><c>ip netns add {name}</c>; loopback is still down.</summary>
    public static NetworkNamespace Create(string name)
    {
        Directory.CreateDirectory(Folder);
        ShareFolder();
        var path = $"{Folder}/{name}";
        using (File.Create(path))
        {
        }

        OnThread(() =>
        {
            Check(NamespaceCalls.unshare(NamespaceCalls.NewNet), "unshare");
            Check(NamespaceCalls.mount("/proc/thread-self/ns/net", path, null, NamespaceCalls.BindMount, 0), $"mount {path}");
            return true;
        });
        return new(path);
    }

    /// <summary><c>ip netns del {name}</c>; one that is not there is no error.</summary>
    public static void Delete(string name)
    {
        var path = $"{Folder}/{name}";
        _ = NamespaceCalls.umount2(path, NamespaceCalls.DetachMount); // not mounted: then only the file is left
        File.Delete(path);
    }

    /// <summary>Runs <paramref name="work"/> inside the namespace and waits for it; its exception comes out here.</summary>
    /// <remarks>Sockets made inside stay in the namespace for good. Nothing asynchronous may be awaited inside.</remarks>
    public T Run<T>(Func<T> work) => OnThread(() =>
    {
        Check(NamespaceCalls.setns(_handle, NamespaceCalls.NewNet), $"setns {Path}");
        return work();
    });

    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    public void Dispose() => _handle.Dispose();

    /// <summary>Makes the folder a shared mount of its own, as ip does: were ip to do it later, it would bury our mounts under its own.</summary>
    private static void ShareFolder()
    {
        if (NamespaceCalls.mount("", Folder, "none", NamespaceCalls.Shared | NamespaceCalls.Recursive, 0) == 0)
            return;

        Check(Marshal.GetLastPInvokeError() == NamespaceCalls.InvalidArgument ? 0 : -1, $"mount {Folder}");
        Check(NamespaceCalls.mount(Folder, Folder, "none", NamespaceCalls.BindMount | NamespaceCalls.Recursive, 0), $"mount {Folder}");
        Check(NamespaceCalls.mount("", Folder, "none", NamespaceCalls.Shared | NamespaceCalls.Recursive, 0), $"mount {Folder}");
    }

    private static T OnThread<T>(Func<T> work)
    {
        T result = default!; // set by the thread, or the thread threw
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e) // handed to the caller whole
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Check(int result, string doing)
    {
        if (result != 0)
            throw new IOException($"{doing}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
