using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Logging;

/// <summary>Writes log lines to standard error, as text for people or JSON for programs.</summary>
internal sealed class LogProvider(LogLevel minimum, ILogFormat format, TextWriter output, TimeProvider clock) : ILoggerProvider
{
    private readonly Lock _gate = new();

    /// <summary>The factory for a server with these settings.</summary>
    /// <param name="level">As <c>--log-level</c> has it.</param>
    public static ILoggerFactory Create(string level, string format, TimeProvider clock)
    {
        var minimum = Level(level);
        var provider = new LogProvider(minimum, format == "json" ? new JsonFormat() : new TextFormat(), Console.Error, clock);
        return new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = minimum });
    }

    public static LogLevel Level(string name) => name switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };

    public ILogger CreateLogger(string categoryName)
    {
        // What ASP.NET tells at "information" is told by our own access metrics; its warnings are worth hearing.
        var floor = categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) && minimum == LogLevel.Information ? LogLevel.Warning : minimum;
        // What it cannot start with comes to us as an exception, and is said in one sentence instead of a page.
        if (categoryName == "Microsoft.Extensions.Hosting.Internal.Host")
            floor = LogLevel.None;
        var name = categoryName[(categoryName.LastIndexOf('.') + 1)..];
        return new Category(this, name, floor);
    }

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        var line = format.Line(clock.GetUtcNow(), level, category, message, exception);
        lock (_gate)
            output.WriteLine(line);
    }

    private sealed class Category(LogProvider provider, string category, LogLevel floor) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= floor && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                provider.Write(logLevel, category, formatter(state, exception), exception);
        }
    }
}
