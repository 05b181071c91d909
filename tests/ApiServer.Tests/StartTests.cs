using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests;

/// <summary>A server that starts where others are at work already.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_server_starts_while_another_writes_to_the_store()
    {
        await using var first = await TestServer.StartAsync();
        var store = new BusyStore((MemoryStore)first.Store, async () => await first.CreateAsync(TestServer.ConfigMap($"c-{Guid.NewGuid():N}")));
        var core = new ApiServerCore(store, new(), new FakeTimeProvider(), new Random(7), NullLoggerFactory.Instance);

        // The clock stands: a start that waited for what it does not follow yet would never return.
        await core.StartAsync(TestServer.Ct);

        Assert.True(store.Revision > core.Objects.List<Namespace>().Max(n => long.Parse(n.Metadata.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Somebody writes after each of its reads.</summary>
    private sealed class BusyStore(MemoryStore inner, Func<Task> write) : ForwardingStore(inner)
    {
        public override async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct)
        {
            var result = await base.RangeAsync(query, ct);
            await write();
            return result;
        }
    }
}
