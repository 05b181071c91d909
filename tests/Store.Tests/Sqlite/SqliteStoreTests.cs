using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreContract
{
    private readonly TempFolder _folder = new();

    private protected override async Task<IStore> OpenAsync() =>
        await SqliteStore.OpenAsync(new() { Path = _folder["store.db"] }, TimeProvider.System, NullLogger.Instance);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
