using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>A writer process killed in the middle: this program again, told by its environment to write.</summary>
public sealed class CrashTests : IDisposable
{
    private const string ChildFile = "KUBESHARP_STORE_TEST_FILE";
    private const string Mark = "acknowledged ";
    private const int Writers = 16;

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_writer_is_killed()
    {
        var acknowledged = new Dictionary<string, long>();
        var revision = 1L;
        for (var round = 0; round < 4; round++)
        {
            foreach (var (key, value) in await WriteUntilKilledAsync(acknowledgements: 300 + (round * 137)))
                acknowledged[key] = value;

            await using var store = await SqliteStore.OpenAsync(new() { Path = _folder["store.db"] }, TimeProvider.System, NullLogger.Instance);
            Assert.True(store.Revision > revision, $"revision {store.Revision} after {revision}");
            revision = store.Revision;

            var found = (await store.RangeAsync(new("/"), Ct)).Entries.ToDictionary(e => e.Key, e => long.Parse(Encoding.UTF8.GetString(e.Value.Span), CultureInfo.InvariantCulture));
            foreach (var (key, value) in acknowledged)
            {
                // One more write may have become durable without its acknowledgement having come through.
                Assert.InRange(found[key], value, value + 1);
            }

            foreach (var (key, value) in found)
                acknowledged[key] = value;
        }
    }

    private async Task<Dictionary<string, long>> WriteUntilKilledAsync(int acknowledgements)
    {
        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["--filter-method", $"*.{nameof(Write_until_killed)}", "--explicit", "only", "--progress", "off"])
        {
            RedirectStandardOutput = true,
            Environment = { [ChildFile] = _folder["store.db"] },
        })!;

        var acknowledged = new Dictionary<string, long>();
        try
        {
            while (acknowledgements > 0)
            {
                if (Note(await child.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("the child ended by itself")))
                    acknowledgements--;
            }
        }
        finally
        {
            child.Kill();
        }

        // What it said before it died counts as well; the last line may be cut.
        var rest = await child.StandardOutput.ReadToEndAsync(Ct);
        foreach (var line in rest.Split('\n')[..^1])
            Note(line);

        await child.WaitForExitAsync(Ct);
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

    /// <summary>The child. Explicit: runs only when asked for by name.</summary>
    [Fact(Explicit = true)]
    public async Task Write_until_killed()
    {
        var path = Environment.GetEnvironmentVariable(ChildFile) ?? throw new InvalidOperationException("meant for the child process");
        await using var said = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        var store = await SqliteStore.OpenAsync(new() { Path = path }, TimeProvider.System, NullLogger.Instance);
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

                lock (said)
                    said.WriteLine($"{Mark}{key} {value}");
            }
        })));
    }
}
