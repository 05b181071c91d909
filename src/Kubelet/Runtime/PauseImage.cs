using System.Buffers.Binary;
using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace KubeSharp.Kubelet.Runtime;

/// <summary>The image of a pod's first container, made here: one static program of some hundred bytes that waits for ever.</summary>
/// <remarks>
/// It is process 1 of pods that share their process namespace, so orphans become its children: it ignores SIGCHLD, and then
/// the kernel reaps them (sigaction(2)). It needs no handler for SIGTERM: the runtime ends sandboxes with SIGKILL.
/// </remarks>
internal static class PauseImage
{
    public const string Name = "localhost/kubesharp/pause:1";

    private const ulong Base = 0x400000;
    private const int Headers = 64 + 56; // ELF header and one program header
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>Writes the image as a docker-archive that <c>ctr images import</c> reads.</summary>
    public static void WriteArchive(Stream output)
    {
        var layer = Tar(("pause", Program(RuntimeInformation.ProcessArchitecture), Executable));
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"{{{architecture}}}","os":"linux","config":{"Entrypoint":["/pause"],"User":"65535:65535"},"rootfs":{"type":"layers","diff_ids":["sha256:{{{Hex(layer)}}}"]}}""");
        var manifest = Encoding.UTF8.GetBytes($$"""[{"Config":"{{Hex(config)}}.json","RepoTags":["{{Name}}"],"Layers":["layer.tar"]}]""");
        const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
        output.Write(Tar(("layer.tar", layer, Plain), ($"{Hex(config)}.json", config, Plain), ("manifest.json", manifest, Plain)));
    }

    /// <summary>A static ELF program: <c>rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8); for (;;) pause();</c></summary>
    internal static byte[] Program(Architecture architecture)
    {
        var isArm = architecture == Architecture.Arm64;
        var code = isArm ? Arm64 : Amd64;
        var file = new byte[Headers + code.Length];
        var span = file.AsSpan();
        ReadOnlySpan<byte> ident = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(span);
        Put16(16, 2); // ET_EXEC
        Put16(18, (ushort)(isArm ? 183 : 62));
        Put32(20, 1);
        Put64(24, Base + Headers); // entry
        Put64(32, 64); // program headers
        Put16(52, 64);
        Put16(54, 56);
        Put16(56, 1);
        Put16(58, 64);
        Put32(64, 1); // PT_LOAD
        Put32(68, 5); // R+X
        Put64(80, Base);
        Put64(88, Base);
        Put64(96, (ulong)file.Length);
        Put64(104, (ulong)file.Length);
        Put64(112, 0x1000);
        code.CopyTo(span[Headers..]);
        return file;

        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }

    /// <summary>x86-64 instructions; the kernel's sigaction is on the stack: handler, flags, restorer, mask.</summary>
    private static ReadOnlySpan<byte> Amd64 =>
    [
        0x6a, 0x00,                         // push 0            mask
        0x6a, 0x00,                         // push 0            restorer
        0x6a, 0x00,                         // push 0            flags
        0x6a, 0x01,                         // push 1            SIG_IGN
        0xb8, 0x0d, 0x00, 0x00, 0x00,       // mov eax, 13       rt_sigaction
        0xbf, 0x11, 0x00, 0x00, 0x00,       // mov edi, 17       SIGCHLD
        0x48, 0x89, 0xe6,                   // mov rsi, rsp
        0x31, 0xd2,                         // xor edx, edx
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00, // mov r10d, 8
        0x0f, 0x05,                         // syscall
        0xb8, 0x22, 0x00, 0x00, 0x00,       // mov eax, 34       pause
        0x0f, 0x05,                         // syscall
        0xeb, 0xf7,                         // jmp -9
    ];

    /// <summary>arm64 instructions; sigaction is handler, flags, mask; there is no pause there, so ppoll(NULL, 0, NULL, NULL).</summary>
    private static ReadOnlySpan<byte> Arm64 =>
    [
        0xff, 0x83, 0x00, 0xd1, // sub sp, sp, #32
        0x29, 0x00, 0x80, 0xd2, // mov x9, #1            SIG_IGN
        0xe9, 0x7f, 0x00, 0xa9, // stp x9, xzr, [sp]
        0xff, 0x7f, 0x01, 0xa9, // stp xzr, xzr, [sp, #16]
        0x20, 0x02, 0x80, 0xd2, // mov x0, #17           SIGCHLD
        0xe1, 0x03, 0x00, 0x91, // mov x1, sp
        0x02, 0x00, 0x80, 0xd2, // mov x2, #0
        0x03, 0x01, 0x80, 0xd2, // mov x3, #8
        0xc8, 0x10, 0x80, 0xd2, // mov x8, #134          rt_sigaction
        0x01, 0x00, 0x00, 0xd4, // svc #0
        0x00, 0x00, 0x80, 0xd2, // mov x0, #0
        0x01, 0x00, 0x80, 0xd2, // mov x1, #0
        0x02, 0x00, 0x80, 0xd2, // mov x2, #0
        0x03, 0x00, 0x80, 0xd2, // mov x3, #0
        0x28, 0x09, 0x80, 0xd2, // mov x8, #73           ppoll
        0x01, 0x00, 0x00, 0xd4, // svc #0
        0xfa, 0xff, 0xff, 0x17, // b -24
    ];

    private static byte[] Tar(params ReadOnlySpan<(string Name, byte[] Content, UnixFileMode Mode)> files)
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content, mode) in files)
            {
                // A fixed time: the same image has the same id on every node.
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    Mode = mode,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    DataStream = new MemoryStream(content),
                });
            }
        }

        return buffer.ToArray();
    }

    private static string Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
