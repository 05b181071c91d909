using System.Runtime.InteropServices;
using KubeSharp.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.Linux.Processes;

/// <summary>A hold on one running process, child or not, by a pidfd: signals reach it and never a successor of its number.</summary>
public sealed class ProcessHandle : IDisposable
{
    private readonly SafeFileHandle _pidfd;

    private ProcessHandle(ProcessIdentity identity, SafeFileHandle pidfd) => (Identity, _pidfd) = (identity, pidfd);

    public ProcessIdentity Identity { get; }

    /// <returns><see langword="null"/> if that process has ended.</returns>
    public static ProcessHandle? Open(ProcessIdentity identity)
    {
        var descriptor = (int)Libc.SystemCall(Libc.PidfdOpen, identity.Pid, 0, 0, 0);
        if (descriptor < 0)
        {
            var errno = Marshal.GetLastPInvokeError();

            // A number that no process has any more lives on as the session or group of those that its process started, and containerd's
            // shims outlive it. Linux up to 6.15 calls that number invalid; later ones say that there is no such process.
            return errno is Errno.NoProcess or Errno.Invalid or Errno.NoEntry ? null : throw new SyscallException("pidfd_open", errno);
        }

        var handle = new ProcessHandle(identity, new(descriptor, ownsHandle: true));

        // Asked after opening: whoever has the number now is held, and is the right one or not.
        if (identity.IsAlive)
            return handle;

        handle.Dispose();
        return null;
    }

    /// <returns>Whether the process was still there.</returns>
    public bool Send(Signal signal)
    {
        var isHeld = false;
        try
        {
            _pidfd.DangerousAddRef(ref isHeld);
            return Libc.SystemCall(Libc.PidfdSendSignal, _pidfd.DangerousGetHandle(), (int)signal, 0, 0) == 0;
        }
        finally
        {
            if (isHeld)
                _pidfd.DangerousRelease();
        }
    }

    /// <summary>Completes when the process has ended. A child of ours is reaped; otherwise it stays a zombie as long as we live.</summary>
    public async Task WaitForExitAsync(CancellationToken ct)
    {
        using var cancel = Libc.eventfd(0, 0x80000);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Poll(cancel);
            done.SetResult();
        })
        {
            IsBackground = true,
            Name = "wait for " + Identity.Pid,
        };
        thread.Start();
        using (ct.Register(() => RandomAccess.Write(cancel, BitConverter.GetBytes(1UL), 0)))
            await done.Task;
        ct.ThrowIfCancellationRequested();
        Reap();
    }

    public void Dispose() => _pidfd.Dispose();

    private unsafe void Reap()
    {
        int status;
        _ = Libc.waitpid(Identity.Pid, &status, Libc.NoHang);
    }

    private unsafe void Poll(SafeFileHandle cancel)
    {
        const short Readable = 1;
        var wait = stackalloc Libc.PollDescriptor[2];
        wait[0] = new() { Descriptor = (int)_pidfd.DangerousGetHandle(), Events = Readable };
        wait[1] = new() { Descriptor = (int)cancel.DangerousGetHandle(), Events = Readable };
        while (Libc.poll(wait, 2, -1) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }
}
