using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>A process that writes to a store, says what was acknowledged, and dies.</summary>
internal static class WritingChild
{
    private const string FileVariable = "KUBESHARP_STORE_TEST_FILE";
    private const string PointVariable = "KUBESHARP_STORE_TEST_POINT";
    private const string Mark = "acknowledged ";
    private const int Writers = 16;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Kills it after so many acknowledgements.</summary>
    /// <returns>The last acknowledged value of each key.</returns>
    public static Task<Dictionary<string, long>> RunUntilKilledAsync(string file, int acknowledgements, CancellationToken ct) => RunAsync(file, "", acknowledgements, static () => { }, ct);

    /// <param name="dead">Called when it is dead, before anything else is done.</param>
    public static Task<Dictionary<string, long>> RunUntilKilledAsync(string file, int acknowledgements, Action dead, CancellationToken ct) => RunAsync(file, "", acknowledgements, dead, ct);

    /// <param name="point">One of <see cref="CrashPoints"/>, a # and at which time it dies there.</param>
    public static Task<Dictionary<string, long>> RunUntilDeadAsync(string file, string point, CancellationToken ct) => RunAsync(file, point, int.MaxValue, static () => { }, ct);

    /// <summary>What the child does.</summary>
    public static async Task WriteAsync()
    {
        var path = Environment.GetEnvironmentVariable(FileVariable) ?? throw new InvalidOperationException("meant for the child process");
        await using var said = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        var options = new SqliteStoreOptions { Path = path, AtPoint = DieAt(Environment.GetEnvironmentVariable(PointVariable) ?? "") };
        var store = await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var key = $"/{writer}";
            var entry = await store.FindAsync(key, Ct);
            var (revision, value) = (entry?.ModRevision ?? 0, entry is null ? 0 : long.Parse(Encoding.UTF8.GetString(entry.Value.Span), CultureInfo.InvariantCulture));
            while (true)
            {
                value++;
                var bytes = Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture));
                revision = await store.TryPutAsync(key, bytes, revision, Ct) ?? throw new InvalidOperationException("lost a key of its own");
                if (value % 50 == 0)
                    await store.CompactAsync(revision - 100, Ct);
                if (writer == 0 && value % 100 == 1)
                    await BurstAsync(store, value);

                lock (said)
                    said.WriteLine($"{Mark}{key} {value}");
            }
        })));
    }

    /// <summary>Much that goes at once: pages to be given back.</summary>
    private static async Task BurstAsync(SqliteStore store, long value)
    {
        var key = $"!burst/{value}";
        var revision = await store.TryPutAsync(key, new byte[32 << 20], 0, Ct);
        if (revision is null || await store.TryDeleteAsync(key, revision.Value, Ct) is not { } deleted)
            return; // one of an earlier life

        await store.CompactAsync(deleted + 1, Ct);
    }

    private static Action<string> DieAt(string point)
    {
        if (point.Length == 0)
            return static _ => { };

        var (name, left) = (point[..point.IndexOf('#')], int.Parse(point[(point.IndexOf('#') + 1)..], CultureInfo.InvariantCulture));
        return passed =>
        {
            if (passed == name && --left == 0)
                Process.GetCurrentProcess().Kill();
        };
    }

    private static async Task<Dictionary<string, long>> RunAsync(string file, string point, int acknowledgements, Action dead, CancellationToken ct)
    {
        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["--filter-method", $"*.{nameof(CrashTests.Write_until_killed)}", "--explicit", "only", "--progress", "off"])
        {
            RedirectStandardOutput = true,
            Environment = { [FileVariable] = file, [PointVariable] = point },
        })!;

        var acknowledged = new Dictionary<string, long>();
        try
        {
            while (acknowledgements > 0 && await child.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                if (Note(line))
                    acknowledgements--;
            }
        }
        finally
        {
            child.Kill(); // nothing to a dead one
        }

        dead();

        // What it said before it died counts as well; the last line may be cut.
        var rest = await child.StandardOutput.ReadToEndAsync(ct);
        foreach (var line in rest.Split('\n')[..^1])
            Note(line);

        await child.WaitForExitAsync(ct);
        Assert.Equal(137, child.ExitCode); // by the kill and nothing else
        return acknowledged;

        bool Note(string line)
        {
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
                return false; // what the test program says besides

            var parts = line[Mark.Length..].Split(' ');
            acknowledged[parts[0]] = long.Parse(parts[1], CultureInfo.InvariantCulture);
            return true;
        }
    }
}
