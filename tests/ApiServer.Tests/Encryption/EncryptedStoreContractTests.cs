using KubeSharp.ApiServer.Encryption;
using KubeSharp.Store;
using KubeSharp.Store.Tests;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>Through encryption a store is a store.</summary>
public sealed class EncryptedStoreContractTests : StoreContract
{
    private static readonly SecretboxTransformer Cipher = new(new byte[32]);

    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new EncryptedStore(new MemoryStore(), Always));

    private static bool Always(string key, out ITransformer? transformer)
    {
        transformer = Cipher;
        return true;
    }
}
