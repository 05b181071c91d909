using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>A writer process killed in the middle: this program again, told by its environment to write.</summary>
public sealed class CrashTests : IDisposable
{
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
            foreach (var (key, value) in await WritingChild.RunUntilKilledAsync(_folder["store.db"], 300 + (round * 137), Ct))
                acknowledged[key] = value;

            await using var store = await SqliteStore.OpenAsync(new() { Path = _folder["store.db"] }, TimeProvider.System, NullLogger.Instance);
            Assert.True(store.Revision > revision, $"revision {store.Revision} after {revision}");
            revision = store.Revision;

            await CheckAsync(store, acknowledged);
        }
    }

    public static TheoryData<string> Points => new(CrashPoints.All);

    [MemberData(nameof(Points))]
    [Theory]
    public async Task A_writer_that_dies_at_the_worst_moment_leaves_everything_it_acknowledged(string point)
    {
        var acknowledged = new Dictionary<string, long>();
        var revision = 1L;
        var isOfNewFiles = point is CrashPoints.FileMade or CrashPoints.LayoutWritten;
        for (var round = 0; round < 3; round++)
        {
            foreach (var (key, value) in await WritingChild.RunUntilDeadAsync(_folder["store.db"], $"{point}#{(isOfNewFiles ? 1 : (round * 7) + 1)}", Ct))
                acknowledged[key] = value;

            await using (var store = await SqliteStore.OpenAsync(new() { Path = _folder["store.db"] }, TimeProvider.System, NullLogger.Instance))
            {
                Assert.True(store.Revision >= revision, $"revision {store.Revision} after {revision}");
                revision = store.Revision;
                await CheckAsync(store, acknowledged);
                await store.CompactAsync(revision, Ct); // what the dead one began is finished
                await CheckAsync(store, acknowledged);
            }

            if (isOfNewFiles)
                File.Delete(_folder["store.db"]);
        }
    }

    /// <summary>The child. Explicit: runs only when asked for by name.</summary>
    [Fact(Explicit = true)]
    public Task Write_until_killed() => WritingChild.WriteAsync();

    private static async Task CheckAsync(SqliteStore store, Dictionary<string, long> acknowledged)
    {
        var found = (await store.RangeAsync(new("/"), Ct)).Entries.ToDictionary(e => e.Key, e => long.Parse(Encoding.UTF8.GetString(e.Value.Span), CultureInfo.InvariantCulture));
        foreach (var (key, value) in acknowledged)
        {
            // One more write may have become durable without its acknowledgement having come through.
            Assert.InRange(found.GetValueOrDefault(key), value, value + 1);
        }

        foreach (var (key, value) in found)
            acknowledged[key] = value;
    }
}
