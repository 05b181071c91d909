using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace KubeSharp.Privileged.Tests.Runtime;

/// <summary>An image archive with nothing but this machine's static busybox.</summary>
internal static class BusyboxImage
{
    public const string Name = "docker.io/library/busybox:test";
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    public static void Write(string path)
    {
        var layer = Tar(tar =>
        {
            foreach (var directory in (string[])["bin", "tmp", "etc", "proc", "dev", "sys"])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, directory + "/") { Mode = Executable });
            Put(tar, "bin/busybox", File.ReadAllBytes("/usr/bin/busybox"));
            foreach (var tool in (string[])["sh", "sleep", "cat", "echo", "true", "id"])
                tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + tool) { LinkName = "busybox", Mode = Executable });
        });
        var config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:{{{Hex(layer)}}}"]}}""");
        File.WriteAllBytes(path, Tar(tar =>
        {
            Put(tar, "layer.tar", layer);
            Put(tar, Hex(config) + ".json", config);
            Put(tar, "manifest.json", Encoding.UTF8.GetBytes($$"""[{"Config":"{{Hex(config)}}.json","RepoTags":["{{Name}}"],"Layers":["layer.tar"]}]"""));
        }));
    }

    private static byte[] Tar(Action<TarWriter> fill)
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
            fill(writer);
        return buffer.ToArray();
    }

    private static void Put(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = Executable, DataStream = new MemoryStream(content) });

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
