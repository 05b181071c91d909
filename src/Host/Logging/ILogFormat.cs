using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Logging;

/// <summary>How one line of the log looks.</summary>
internal interface ILogFormat
{
    string Line(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception);
}

/// <summary><c>2026-11-25T10:00:00.123Z info  ReplicaSetController  message</c>; stacks follow only where a bug is meant to be found.</summary>
internal sealed class TextFormat : ILogFormat
{
    public string Line(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        var line = new StringBuilder(128)
            .Append(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(' ').Append(Name(level).PadRight(5)).Append(' ').Append(category).Append(": ").Append(message);
        if (exception is null)
            return line.ToString();

        return level >= LogLevel.Error
            ? line.Append('\n').Append(exception).ToString()
            : line.Append(": ").Append(exception.Message).ToString();
    }

    internal static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}

/// <summary>One JSON object a line, with the names upstream's JSON logs have.</summary>
internal sealed class JsonFormat : ILogFormat
{
    public string Line(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("ts"u8, time);
            writer.WriteString("level"u8, TextFormat.Name(level));
            writer.WriteString("logger"u8, category);
            writer.WriteString("msg"u8, message);
            if (exception is not null)
                writer.WriteString("err"u8, level >= LogLevel.Error ? exception.ToString() : exception.Message);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
