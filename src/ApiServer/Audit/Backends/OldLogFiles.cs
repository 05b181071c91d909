using System.Globalization;
using System.IO.Compression;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>The files that a log has filled: <c>audit-2026-01-02T03-04-05.678.log</c> beside <c>audit.log</c>, perhaps zipped.</summary>
internal sealed class OldLogFiles(string path, AuditLogOptions options)
{
    private const string Stamp = "yyyy-MM-dd'T'HH-mm-ss.fff";
    private const string Zipped = ".gz";

    private readonly string _folder = Path.GetDirectoryName(path) ?? "/";
    private readonly string _prefix = Path.GetFileNameWithoutExtension(path) + "-";
    private readonly string _extension = Path.GetExtension(path);

    /// <summary>A name that is free.</summary>
    public string NameAt(DateTimeOffset time)
    {
        while (true)
        {
            var name = Path.Combine(_folder, _prefix + time.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture) + _extension);
            if (!File.Exists(name) && !File.Exists(name + Zipped))
                return name;

            time = time.AddMilliseconds(1);
        }
    }

    /// <exception cref="IOException">A file can neither be deleted nor zipped.</exception>
    public void Tidy(DateTimeOffset now)
    {
        // A file and what it is being zipped to are one.
        var files = (from file in Directory.EnumerateFiles(_folder, _prefix + "*")
                     let time = TimeOf(Path.GetFileName(file))
                     where time is not null
                     group file by time.Value into same
                     orderby same.Key descending
                     select (Time: same.Key, Files: same.ToList())).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            var isTooMany = options.MaxBackups > 0 && i >= options.MaxBackups;
            var isTooOld = options.MaxAgeDays > 0 && now - files[i].Time > TimeSpan.FromDays(options.MaxAgeDays);
            if (isTooMany || isTooOld)
                files[i].Files.ForEach(File.Delete);
            else if (options.Compresses && files[i].Files.Find(f => !f.EndsWith(Zipped, StringComparison.Ordinal)) is { } plain)
                Zip(plain);
        }
    }

    private DateTimeOffset? TimeOf(string name)
    {
        var plain = name.EndsWith(Zipped, StringComparison.Ordinal) ? name[..^Zipped.Length] : name;
        if (!plain.StartsWith(_prefix, StringComparison.Ordinal) || !plain.EndsWith(_extension, StringComparison.Ordinal) || plain.Length < _prefix.Length + _extension.Length)
            return null;

        return DateTimeOffset.TryParseExact(plain[_prefix.Length..^_extension.Length], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    /// <summary>The zipped file gets its name when it is whole.</summary>
    private static void Zip(string plain)
    {
        var part = plain + Zipped + ".part";
        using (var from = File.OpenRead(plain))
        using (var to = new FileStream(part, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = File.GetUnixFileMode(plain) }))
        using (var zip = new GZipStream(to, CompressionLevel.Optimal))
            from.CopyTo(zip);
        File.Move(part, plain + Zipped, overwrite: true);
        File.Delete(plain);
    }
}
