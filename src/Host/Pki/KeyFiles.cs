using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeSharp.Host.Pki;

/// <summary>Certificates and keys in PEM files of one directory; keys are readable by their owner only.</summary>
internal sealed class KeyFiles(string directory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string PathOf(string name) => Path.Combine(directory, name);

    /// <summary>The pair <c>NAME.crt</c>, <c>NAME.key</c>, made anew if it is missing or <paramref name="isUsable"/> refuses it.</summary>
    public X509Certificate2 Ensure(string name, Func<X509Certificate2, bool> isUsable, Func<X509Certificate2> create)
    {
        var (certificate, key) = (PathOf(name + ".crt"), PathOf(name + ".key"));
        if (File.Exists(certificate) && File.Exists(key))
        {
            var existing = X509Certificate2.CreateFromPemFile(certificate, key);
            if (isUsable(existing))
                return existing;

            existing.Dispose();
        }

        using var made = create();
        Write(name + ".key", made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        Write(name + ".crt", made.ExportCertificatePem() + "\n");
        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    /// <summary>A private key in PEM, made on first use.</summary>
    public string EnsureKey(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Write(name, key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        return File.ReadAllText(path);
    }

    public void Write(string name, string text) => WritePrivate(PathOf(name), text);

    /// <summary>Replaces a file as a whole, so that a crash leaves the old one or the new one.</summary>
    public static void WritePrivate(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
