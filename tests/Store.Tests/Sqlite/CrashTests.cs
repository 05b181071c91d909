using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>A writer process killed in the middle: this program again, told by its environment to write.</summary>
public sealed class CrashTests : IDisposable
{
    private const string ChildFile = "KUBESHARP_STORE_TEST_FILE";
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
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            Environment = { [ChildFile] = _folder["store.db"] },
        })!;

        var acknowledged = new Dictionary<string, long>();
        try
        {
            for (var i = 0; i < acknowledgements; i++)
                Note(await child.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("the child ended by itself"));
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

        void Note(string line)
        {
            var parts = line.Split(' ');
            acknowledged[parts[0]] = long.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Runs before the test program's own Main, in the child only.</summary>
    [ModuleInitializer]
    internal static void BeTheChild()
    {
        if (Environment.GetEnvironmentVariable(ChildFile) is { } path)
            Task.Run(() => WriteForEverAsync(path)).GetAwaiter().GetResult();
    }

    private static async Task WriteForEverAsync(string path)
    {
        var store = await SqliteStore.OpenAsync(new() { Path = path }, TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var key = $"/{writer}";
            var entry = await store.FindAsync(key, default);
            var (revision, value) = (entry?.ModRevision ?? 0, entry is null ? 0 : long.Parse(Encoding.UTF8.GetString(entry.Value.Span), CultureInfo.InvariantCulture));
            while (true)
            {
                value++;
                var bytes = Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture));
                revision = await store.TryPutAsync(key, bytes, revision, default) ?? throw new InvalidOperationException("lost a key of its own");
                if (value % 50 == 0)
                    await store.CompactAsync(revision - 100, default);

                lock (Console.Out)
                    Console.Out.WriteLine($"{key} {value}");
            }
        })));
    }
}
