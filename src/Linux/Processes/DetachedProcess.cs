using System.Collections;
using System.Runtime.InteropServices;
using KubeSharp.Linux.Files;

namespace KubeSharp.Linux.Processes;

/// <summary>Starts programs that live on when this process dies: a session of their own, nothing of ours inherited.</summary>
public static unsafe class DetachedProcess
{
    private const int WriteCreateAppend = 0x1 | 0x40 | 0x400; // O_WRONLY | O_CREAT | O_APPEND
    private const int OpaqueBytes = 512; // larger than glibc's and musl's posix_spawn structs

    /// <param name="file">A path, or a name to look up in PATH.</param>
    /// <param name="environment">Variables beside our own.</param>
    /// <param name="logFile">Takes what the program prints, appended.</param>
    /// <exception cref="SyscallException">It could not be started.</exception>
    public static ProcessIdentity Start(string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var noSignals = stackalloc byte[128]; // sigset_t
        var allSignals = stackalloc byte[128];
        new Span<byte>(noSignals, 128).Clear();
        new Span<byte>(allSignals, 128).Fill(0xff);

        Check(Libc.posix_spawn_file_actions_init(actions), file);
        Check(Libc.posix_spawnattr_init(attributes), file);
        try
        {
            Check(Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0), file);
            Check(Libc.posix_spawn_file_actions_addopen(actions, 1, logFile, WriteCreateAppend, 0x180 /* 0600 */), file);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, 1, 2), file);
            Check(Libc.posix_spawnattr_setflags(attributes, Libc.SpawnSetSession | Libc.SpawnSetSignalMask | Libc.SpawnSetSignalDefault), file);
            Check(Libc.posix_spawnattr_setsigmask(attributes, noSignals), file);
            Check(Libc.posix_spawnattr_setsigdefault(attributes, allSignals), file); // .NET ignores SIGPIPE; a child must not

            using var argv = new StringArray([file, .. arguments]);
            using var envp = new StringArray(Merged(environment));
            Check(Libc.posix_spawnp(out var pid, file, actions, attributes, argv.Pointer, envp.Pointer), file);
            return ProcessIdentity.Of(pid) ?? throw new IOException($"{file} ended at once; its output is in {logFile}");
        }
        finally
        {
            _ = Libc.posix_spawnattr_destroy(attributes);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>The posix_spawn family returns its error.</summary>
    private static void Check(int errno, string file)
    {
        if (errno != 0)
            throw new SyscallException($"start {file}", errno);
    }

    private static IEnumerable<string> Merged(IReadOnlyDictionary<string, string> extra)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (!extra.ContainsKey((string)variable.Key))
                yield return $"{variable.Key}={variable.Value}";
        }

        foreach (var (name, value) in extra)
            yield return $"{name}={value}";
    }

    /// <summary>A null-terminated <c>char*[]</c>.</summary>
    private sealed class StringArray : IDisposable
    {
        private readonly List<nint> _strings;

        public StringArray(IEnumerable<string> strings)
        {
            _strings = [.. strings.Select(Marshal.StringToCoTaskMemUTF8)];
            Pointer = (byte**)NativeMemory.Alloc((nuint)(_strings.Count + 1), (nuint)sizeof(nint));
            for (var i = 0; i < _strings.Count; i++)
                Pointer[i] = (byte*)_strings[i];
            Pointer[_strings.Count] = null;
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            foreach (var text in _strings)
                Marshal.FreeCoTaskMem(text);
            NativeMemory.Free(Pointer);
        }
    }
}
