using System.Text;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Why a container says it ended: from its termination log, else the tail of its output, else the runtime's words.</summary>
internal static class TerminationMessage
{
    private const int MaxFileBytes = 4096;
    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    public static string Of(Cri.ContainerStatus status)
    {
        status.Annotations.TryGetValue(ContainerAnnotations.TerminationMessagePath, out var path);
        status.Annotations.TryGetValue(ContainerAnnotations.TerminationMessagePolicy, out var policy);
        var file = status.Mounts.FirstOrDefault(m => m.ContainerPath == path)?.HostPath;
        var message = string.IsNullOrEmpty(file) ? "" : Read(file);
        if (message.Length == 0 && policy == "FallbackToLogsOnError" && status.ExitCode != 0)
            message = TailOf(status.LogPath);
        return message.Length > 0 ? message : status.Message;
    }

    private static string Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[MaxFileBytes];
            return Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Error reading termination log {file}: {e.Message}";
        }
    }

    /// <summary>The last lines of a CRI log, their time stamps and tags taken off.</summary>
    private static string TailOf(string logPath)
    {
        try
        {
            // A line carries some 40 bytes before its text; twice the wanted size covers all but logs of very short lines.
            using var stream = new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var size = (int)Math.Min(stream.Length, MaxLogBytes + (MaxLogLines * 45));
            var isCut = size < stream.Length;
            stream.Seek(-size, SeekOrigin.End);
            var buffer = new byte[size];
            stream.ReadExactly(buffer);
            var lines = Encoding.UTF8.GetString(buffer).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(isCut ? 1 : 0);
            var text = string.Concat(lines.TakeLast(MaxLogLines).Select(TextOf));
            return text.Length <= MaxLogBytes ? text : text[^MaxLogBytes..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

    /// <summary><c>TIME stdout F text</c>; the tag says whether the line ends here.</summary>
    private static string TextOf(string line)
    {
        var parts = line.Split(' ', 4);
        return parts.Length < 4 ? "" : parts[2].Split(':')[0] == "P" ? parts[3] : parts[3] + "\n";
    }
}
