using KubeSharp.PodNetwork.Cni;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.PodNetwork.Tests;

public sealed class AddressRecordTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ks-addresses-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Frees_what_no_living_sandbox_has_but_not_what_may_still_be_in_the_making()
    {
        Add("10.42.0.2", "alive\r\neth0", minutesAgo: 60);
        Add("10.42.0.3", "dead\r\neth0", minutesAgo: 60);
        Add("10.42.0.4", "young\r\neth0", minutesAgo: 1);
        Add("lock", "", minutesAgo: 60);
        Add("last_reserved_ip.0", "10.42.0.4", minutesAgo: 60);

        var freed = new AddressRecord(_folder.FullName, _clock).Free(new HashSet<string> { "alive" });

        Assert.Equal(["10.42.0.3"], freed.Select(a => a.ToString()));
        Assert.Equal(["10.42.0.2", "10.42.0.4", "last_reserved_ip.0", "lock"], _folder.GetFiles().Select(f => f.Name).Order());
    }

    private void Add(string name, string content, int minutesAgo)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().AddMinutes(-minutesAgo).UtcDateTime);
    }
}
