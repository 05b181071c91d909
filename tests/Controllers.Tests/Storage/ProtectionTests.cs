using KubeSharp.Controllers.Storage;
using static KubeSharp.Controllers.Tests.ControllerServer;

namespace KubeSharp.Controllers.Tests.Storage;

public sealed class ProtectionTests
{
    [Fact]
    public async Task A_deleted_claim_waits_for_the_pod_that_uses_it()
    {
        await using var server = await StartAsync();
        server.Run(new ClaimProtectionController(server.Client));
        foreach (var name in new[] { "used", "free" })
        {
            await server.Client.CreateAsync(new PersistentVolumeClaim
            {
                Metadata = new() { Name = name, Namespace = "demo" },
                Spec = new() { AccessModes = ["ReadWriteOnce"], Resources = new() { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") } } },
            }, Ct);
        }

        await server.Client.CreateAsync(new Pod
        {
            Metadata = new() { Name = "p", Namespace = "demo" },
            Spec = new() { NodeName = "n", Containers = [new() { Name = "c", Image = "i" }], Volumes = [new() { Name = "v", PersistentVolumeClaim = new() { ClaimName = "used" } }] },
        }, Ct);
        await server.Client.DeleteAsync<PersistentVolumeClaim>(new("demo", "used"), new(), Ct);
        await server.Client.DeleteAsync<PersistentVolumeClaim>(new("demo", "free"), new(), Ct);
        await server.UntilAsync<PersistentVolumeClaim>("free", c => c is null);
        Assert.NotNull(await server.Client.FindAsync<PersistentVolumeClaim>(new("demo", "used"), Ct));

        await server.Client.DeleteAsync<Pod>(new("demo", "p"), new(GracePeriodSeconds: 0), Ct);
        await server.UntilAsync<PersistentVolumeClaim>("used", c => c is null);
    }

    [Fact]
    public async Task A_deleted_volume_goes_when_no_claim_is_bound_to_it()
    {
        await using var server = await StartAsync();
        server.Run(new VolumeProtectionController(server.Client));
        var volume = await server.Client.CreateAsync(new PersistentVolume
        {
            Metadata = new() { Name = "v" },
            Spec = new() { AccessModes = ["ReadWriteOnce"], Capacity = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") }, HostPath = new() { Path = "/tmp/v" }, PersistentVolumeReclaimPolicy = "Retain" },
        }, Ct);
        await server.Client.UpdateStatusAsync(volume with { Status = volume.Status with { Phase = "Bound" } }, Ct);
        await server.Client.DeleteAsync<PersistentVolume>(new("", "v"), new(), Ct);
        volume = await server.UntilAsync<PersistentVolume>("v", v => v?.Metadata.DeletionTimestamp is not null);
        await server.Client.UpdateStatusAsync(volume with { Status = volume.Status with { Phase = "Released" } }, Ct);
        await server.UntilAsync<PersistentVolume>("v", v => v is null);
    }
}
