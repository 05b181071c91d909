namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Where lines go. Thread-safe.</summary>
internal interface ILogOutput
{
    /// <summary>For messages.</summary>
    string Name { get; }

    /// <summary>Writes one whole line, or nothing of it.</summary>
    /// <exception cref="IOException">It is not written.</exception>
    void Write(ReadOnlySpan<byte> line);

    /// <summary>Tidies up, until cancelled.</summary>
    Task RunAsync(CancellationToken ct);
}

/// <summary>The standard output of the process, where a supervisor collects it.</summary>
internal sealed class StandardOutput : ILogOutput
{
    private readonly Stream _stream = Console.OpenStandardOutput();
    private readonly Lock _gate = new();

    public string Name => "on standard output";

    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            _stream.Write(line);
            _stream.Flush();
        }
    }

    public Task RunAsync(CancellationToken ct) => Forever.UntilAsync(ct);
}
