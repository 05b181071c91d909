namespace KubeSharp.Store.Tests;

public sealed class MemoryStoreTests : StoreContract
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}
