using CsCheck;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Watches;

/// <summary>
/// What a client of the API may rely on, over both stores: events of its selection once and in order from wherever it resumes, bookmarks
/// that never go back nor ahead, a list that is the state it says, 410 where and only where the past is gone.
/// </summary>
public sealed class WatchGuaranteeTests : IDisposable
{
    private static readonly Gen<WatchStep> Step = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(WatchStepType.Write)),
            (3, Gen.Const(WatchStepType.Delete)),
            (1, Gen.Const(WatchStepType.Other)),
            (1, Gen.Const(WatchStepType.Compact)),
            (1, Gen.Const(WatchStepType.Restart)),
            (2, Gen.Const(WatchStepType.Tick)),
            (2, Gen.Const(WatchStepType.Open)),
            (6, Gen.Const(WatchStepType.Read)),
            (1, Gen.Const(WatchStepType.Drop))),
        Gen.Int[0, 99],
        Gen.Int[0, 99],
        (type, what, much) => new WatchStep(type, what, much));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesharp-watches-");
    private int _files;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public Task A_client_is_told_everything_once_and_in_order_over_a_memory_store() =>
        Step.Array[1, 70].SampleAsync(
            async steps =>
            {
                var store = new ForwardingStore(new MemoryStore());
                await RunAsync(steps, () => Task.FromResult<IStore>(store));
            },
            iter: 60,
            print: Text);

    [Fact]
    public Task A_client_is_told_everything_once_and_in_order_over_a_file_and_its_restarts() =>
        Step.Array[1, 70].SampleAsync(
            steps =>
            {
                var path = Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _files)}.db");
                return RunAsync(steps, async () => await SqliteStore.OpenAsync(new() { Path = path }, TimeProvider.System, NullLogger.Instance));
            },
            iter: 15,
            print: Text);

    [Fact]
    public async Task After_a_restore_of_an_older_state_who_watches_is_told_so_and_nothing_that_was_seen_before_is_reused()
    {
        var (file, copy) = (Path.Combine(_folder.FullName, "state.db"), Path.Combine(_folder.FullName, "copy.db"));
        long seen;
        await using (var store = await OpenAsync(file))
        {
            await using var server = await WholeServer.StartAsync(store);
            await server.SendAsync("POST", "/api/v1/namespaces/demo/configmaps", """{"metadata":{"name":"kept"},"data":{"k":"v"}}""");
            StoreBackup.Write(file, copy); // while it serves
            await server.SendAsync("POST", "/api/v1/namespaces/demo/configmaps", """{"metadata":{"name":"lost"}}""");
            seen = store.Revision;
        }

        foreach (var old in Directory.GetFiles(_folder.FullName, "state.db*"))
            File.Delete(old);
        StoreBackup.Restore(copy, file, TimeProvider.System);

        await using var again = await OpenAsync(file);
        await using var restored = await WholeServer.StartAsync(again);
        var (_, list) = await restored.SendAsync("GET", "/api/v1/namespaces/demo/configmaps");
        Assert.Equal(["kept"], list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
        Assert.True(long.Parse((string)list["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture) > seen);

        var (_, told) = await restored.SendAsync("GET", $"/api/v1/namespaces/demo/configmaps?watch=true&resourceVersion={seen}");
        Assert.Equal(("ERROR", 410), ((string)told["type"]!, (int)told["object"]!["code"]!));
        var (code, _) = await restored.SendAsync("GET", $"/api/v1/namespaces/demo/configmaps?resourceVersion={seen}&resourceVersionMatch=Exact&limit=1");
        Assert.Equal(410, code);
    }

    private static Task<SqliteStore> OpenAsync(string file) => SqliteStore.OpenAsync(new() { Path = file }, TimeProvider.System, NullLogger.Instance);

    private static async Task RunAsync(WatchStep[] steps, Func<Task<IStore>> open)
    {
        await using var program = new WatchProgram(open);
        await program.RunAsync(steps);
    }

    private static string Text(WatchStep[] steps) => string.Join(' ', steps);
}
