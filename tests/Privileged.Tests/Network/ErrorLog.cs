using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Privileged.Tests.Network;

/// <summary>Keeps what was logged as an error.</summary>
internal sealed class ErrorLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _problems = new();

    public IEnumerable<string> Problems => _problems;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _problems.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
