using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>A file that begins anew when it is full. Only its owner may read it: it holds what secrets held.</summary>
/// <remarks>Old files are tidied up beside the requests, in <see cref="RunAsync"/>.</remarks>
internal sealed partial class LogFile : ILogOutput
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long Megabyte = 1024 * 1024;

    private readonly string _path;
    private readonly long _limit;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly OldLogFiles _old;
    private readonly Lock _gate = new();
    private readonly Outage _rotation = new();

    /// <summary>Says that there is something to tidy; more than once is no more than once.</summary>
    private readonly Channel<bool> _untidy = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private SafeFileHandle _file;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public LogFile(AuditLogOptions options, TimeProvider clock, ILogger log)
    {
        (_path, _limit, _clock, _log) = (Path.GetFullPath(options.Path), options.MaxMegabytes * Megabyte, clock, log);
        _old = new(_path, options);
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        _file = Open();
        _untidy.Writer.TryWrite(true);
    }

    public string Name => _path;

    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            // The length is asked for each time: who copies the file away and cuts it short (logrotate's copytruncate) must not leave a hole.
            var length = RandomAccess.GetLength(_file);
            if (_limit > 0 && length > 0 && length + line.Length > _limit && Rotate_NeedsLock())
                length = 0;
            try
            {
                RandomAccess.Write(_file, line, length);
            }
            catch (IOException)
            {
                Cut(length); // half a line would spoil the next one
                throw;
            }
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (await _untidy.Reader.WaitToReadAsync(ct))
            {
                _untidy.Reader.TryRead(out _);
                Tidy();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Tidy();
        }
    }

    /// <summary>Deletes and zips old files as the options say.</summary>
    internal void Tidy()
    {
        try
        {
            _old.Tidy(_clock.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CannotTidy(e, _path);
        }
    }

    /// <returns>Whether the file is another now; if it cannot be put aside the old one grows, which is better than to lose what comes.</returns>
    private bool Rotate_NeedsLock()
    {
        try
        {
            File.Move(_path, _old.NameAt(_clock.GetUtcNow()));
            var next = Open();
            _file.Dispose();
            _file = next;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_rotation.Fails(0))
                CannotRotate(e, _path);
            return false;
        }

        _rotation.Ends();
        _untidy.Writer.TryWrite(true);
        return true;
    }

    private SafeFileHandle Open()
    {
        var isNew = !File.Exists(_path);
        var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (isNew)
            File.SetUnixFileMode(file, OwnerOnly);
        return file;
    }

    private void Cut(long length)
    {
        try
        {
            RandomAccess.SetLength(_file, length);
        }
        catch (IOException)
        {
            // The disk is not only full: the next write says so.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The audit log {Path} is full and cannot be put aside; it grows")]
    private partial void CannotRotate(Exception e, string path);

    [LoggerMessage(2, LogLevel.Warning, "Old files of the audit log {Path} cannot be tidied up")]
    private partial void CannotTidy(Exception e, string path);
}
