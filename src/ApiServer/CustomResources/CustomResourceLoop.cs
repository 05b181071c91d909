using System.Threading.Channels;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>
/// Makes what is served follow the definitions: accepts their names, serves their resources, and takes a definition's objects away before
/// it goes. Level-triggered: each pass looks at all definitions as they are.
/// </summary>
internal sealed partial class CustomResourceLoop(
    CustomResourceTable table, Caches caches, ServedResource definitions, UpdateVerb update, ObjectWriter writer, InstanceDeletion instances, TimeProvider clock, ILogger<CustomResourceLoop> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // One place is enough: a wake-up says only that something changed. A second one while the first waits adds nothing.
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Serves all that was served before the server stopped. Once, when the caches of its own kinds are filled.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        foreach (var definition in caches.Filled(definitions).Objects.Select(o => (CustomResourceDefinition)o.Object))
        {
            if (Conditions.IsTrue(definition, "Established"))
                await table.ServeAsync(definition, ct);
        }

        Wake();
    }

    /// <summary>Follows the definitions until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var wasBad = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await _wakes.Reader.ReadAsync(ct);
                var isDone = await PassAsync(ct);
                wasBad = false;
                if (!isDone)
                    await RetryAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreException or ApiException)
            {
                if (!wasBad)
                    PassFailed(e);
                wasBad = true;
                await RetryAsync(ct);
            }
        }
    }

    private async Task RetryAsync(CancellationToken ct)
    {
        await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Wake();
    }

    /// <returns>False if something must be tried again.</returns>
    private async Task<bool> PassAsync(CancellationToken ct)
    {
        var all = await AllAsync(ct);
        table.Keep(all.Select(d => d.Metadata.Name).ToHashSet());
        var isDone = true;
        foreach (var definition in all)
        {
            try
            {
                isDone &= await ReconcileAsync(definition, all, ct);
            }
            catch (ApiException e)
            {
                // One that cannot be brought on must not hold up the others.
                isDone = false;
                DefinitionFailed(definition.Metadata.Name, e);
            }
        }

        return isDone;
    }

    private async Task<bool> ReconcileAsync(CustomResourceDefinition definition, IReadOnlyList<CustomResourceDefinition> all, CancellationToken ct)
    {
        if (definition.Metadata.DeletionTimestamp is not null)
            return !definition.Metadata.Finalizers.Contains(DefinitionDeletion.Finalizer) || await TerminateAsync(definition, ct);

        var others = all.Where(d => d.Spec.Group == definition.Spec.Group && d.Metadata.Name != definition.Metadata.Name);
        var wanted = definition with { Status = NameAcceptance.Judge(definition, others, Now) };
        // Served first, said then: who waits for Established finds the resource there.
        if (Conditions.IsTrue(wanted, "Established"))
            await table.ServeAsync(wanted, ct);
        if (wanted.Status != definition.Status)
            await WriteStatusAsync(definition, wanted.Status, ct);
        return true;
    }

    private async Task<bool> TerminateAsync(CustomResourceDefinition definition, CancellationToken ct)
    {
        if (!Conditions.IsTrue(definition, "Established"))
            return await ReleaseAsync(definition, "NeverEstablished", "resource was never established", ct);

        var custom = await table.ServeAsync(definition, ct);
        await custom.Creations.CloseAsync();
        if (definition.Status.Conditions.FirstOrDefault(c => c.Type == "Terminating")?.Reason != "InstanceDeletionInProgress")
        {
            definition = await WriteStatusAsync(definition, Terminating(definition, isTrue: true, "InstanceDeletionInProgress", "CustomResource deletion is in progress"), ct) ?? definition;
        }

        if (!await instances.DeleteAsync(custom, ct))
            return true; // the cache wakes us when the last one is gone

        table.Remove(definition.Metadata.Name);
        return await ReleaseAsync(definition, "InstanceDeletionCompleted", "removed all instances", ct);
    }

    /// <summary>Takes our finalizer away; if it was the last, the definition is gone.</summary>
    private async Task<bool> ReleaseAsync(CustomResourceDefinition definition, string reason, string message, CancellationToken ct)
    {
        if (await caches.FindAsync(definitions, new("", definition.Metadata.Name), ct) is not { } current || current.Object.Metadata.Uid != definition.Metadata.Uid)
            return true;

        var now = (CustomResourceDefinition)current.Object;
        var last = now with
        {
            Metadata = now.Metadata with { Finalizers = [.. now.Metadata.Finalizers.Where(f => f != DefinitionDeletion.Finalizer)] },
            Status = Terminating(now, isTrue: false, reason, message),
        };
        return await (last.Metadata.Finalizers.Count > 0
            ? writer.TryUpdateAsync(current, last, LoopWrites.Options, ct)
            : writer.TryDeleteAsync(current, last, LoopWrites.Options, ct)) is not null;
    }

    private CustomResourceDefinitionStatus Terminating(CustomResourceDefinition definition, bool isTrue, string reason, string message) =>
        Conditions.With(definition.Status, new() { Type = "Terminating", Status = isTrue ? "True" : "False", Reason = reason, Message = message }, Now);

    /// <returns>Null if somebody else changed the definition: then another pass comes.</returns>
    private async Task<CustomResourceDefinition?> WriteStatusAsync(CustomResourceDefinition definition, CustomResourceDefinitionStatus status, CancellationToken ct)
    {
        try
        {
            var (written, _) = await update.RunAsync(definitions, new("", definition.Metadata.Name), "status", _ => definition with { Status = status }, LoopWrites.Options, mayCreate: false, ct);
            return (CustomResourceDefinition)written.Object;
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            Wake();
            return null;
        }
    }

    private async ValueTask<IReadOnlyList<CustomResourceDefinition>> AllAsync(CancellationToken ct) =>
        [.. (await caches.ListAsync(definitions, "", ct)).Objects.Select(o => (CustomResourceDefinition)o.Object)];

    private DateTimeOffset Now => clock.GetUtcNow().TruncatedToSeconds();

    [LoggerMessage(1, LogLevel.Warning, "The definitions of custom resources could not be followed; trying again")]
    private partial void PassFailed(Exception e);

    [LoggerMessage(2, LogLevel.Warning, "CustomResourceDefinition {Name} could not be brought up to date; trying again")]
    private partial void DefinitionFailed(string name, Exception e);
}
