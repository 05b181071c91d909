using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>
/// The power fails: what was written and not flushed is gone. A file system of its own on a loop device shows it truly: what its device
/// holds at that moment is all that is left, and a copy of it is mounted as the machine would after the outage.
/// </summary>
/// <remarks>Needs root and loop devices; elsewhere it is skipped. KUBESHARP_POWER_LOSSES says how many times (5).</remarks>
public sealed class PowerLossTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("KUBESHARP_POWER_LOSSES") ?? "5", CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_power_fails()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control"), "needs root and loop devices");
        var (disk, after, mount) = (_folder["disk"], _folder["after"], _folder["mount"]);
        Directory.CreateDirectory(mount);
        await using (var image = File.Create(disk))
            image.SetLength(256 << 20);
        await RunAsync("mkfs.ext4", "-q", "-F", disk);

        var acknowledged = new Dictionary<string, long>();
        var (revision, random) = (1L, new Random(3));
        for (var round = 0; round < Rounds; round++)
        {
            await RunAsync("mount", "-o", "loop", disk, mount);
            try
            {
                var file = Path.Combine(mount, "store.db");
                foreach (var (key, value) in await WritingChild.RunUntilKilledAsync(file, random.Next(20, 400), () => File.Copy(disk, after, overwrite: true), Ct))
                    acknowledged[key] = value;
            }
            finally
            {
                await RunAsync("umount", mount);
            }

            File.Move(after, disk, overwrite: true);
            await RunAsync("mount", "-o", "loop", disk, mount);
            try
            {
                await using var store = await SqliteStore.OpenAsync(new() { Path = Path.Combine(mount, "store.db") }, TimeProvider.System, NullLogger.Instance);
                Assert.True(store.Revision > revision, $"revision {store.Revision} after {revision}");
                revision = store.Revision;
                var found = (await store.RangeAsync(new("/"), Ct)).Entries.ToDictionary(e => e.Key, e => long.Parse(Encoding.UTF8.GetString(e.Value.Span), CultureInfo.InvariantCulture));
                foreach (var (key, value) in acknowledged)
                    Assert.InRange(found.GetValueOrDefault(key), value, value + 1);
                foreach (var (key, value) in found)
                    acknowledged[key] = value;
            }
            finally
            {
                await RunAsync("umount", mount);
            }
        }
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
    }
}
