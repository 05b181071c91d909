using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Admission.Quota;

/// <summary>
/// Charges writes to the quotas of their namespace: what is used stands in the quota's status, and is raised there before the write
/// happens, by compare-and-swap, so that two servers cannot both give out the last of it.
/// </summary>
/// <remarks>
/// Writes of one namespace that come at the same time are charged together: one of the writers settles for all that wait, then hands the
/// duty on. A write that fails after it was charged leaves too much charged until the quota controller recounts, as upstream.
/// </remarks>
internal sealed class QuotaLedger(Caches caches, ServedResource resource, ObjectWriter writer, TimeProvider clock)
{
    private const int MaxAttempts = 5;

    private readonly Lock _gate = new();

    /// <summary>Who waits, by namespace; a namespace is here as long as somebody settles for it.</summary>
    private readonly Dictionary<string, List<Claim>> _waiting = [];

    /// <exception cref="ApiException">403: the quota is used up. 409: others changed it again and again.</exception>
    public async Task ChargeAsync(AdmissionRequest request)
    {
        var (ns, claim) = (request.Key.Namespace, new Claim(request));
        if (Queue(ns, claim) || await claim.MustSettle.Task)
            await SettleNextAsync(ns, claim);

        if (claim.Failure is { } failure)
            throw failure;
    }

    /// <returns>Whether nobody settles for the namespace yet: then the caller must.</returns>
    private bool Queue(string ns, Claim claim)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(ns, out var others))
            {
                others.Add(claim);
                return false;
            }

            _waiting.Add(ns, [claim]);
            return true;
        }
    }

    private async Task SettleNextAsync(string ns, Claim own)
    {
        List<Claim> batch;
        lock (_gate)
            (batch, _waiting[ns]) = (_waiting[ns], []);

        try
        {
            await SettleAsync(ns, batch);
        }
        catch (StoreException e)
        {
            foreach (var claim in batch)
                claim.Failure ??= ApiException.Internal(e.Message, e);
        }
        finally
        {
            HandOn(ns);
            foreach (var claim in batch.Where(c => c != own))
                claim.MustSettle.SetResult(false);
        }
    }

    private void HandOn(string ns)
    {
        Claim? next = null;
        lock (_gate)
        {
            if (_waiting[ns] is [var first, ..])
                next = first;
            else
                _waiting.Remove(ns);
        }

        next?.MustSettle.SetResult(true);
    }

    private async Task SettleAsync(string ns, List<Claim> batch)
    {
        HashSet<string>? contended = null;
        for (var attempt = 1; ; attempt++)
        {
            // The write that is charged has begun; its client's going away must not stop the settling of the others.
            var stored = (await caches.ListAsync(resource, ns, CancellationToken.None)).Objects
                .Where(o => o.Object.Metadata.DeletionTimestamp is null && contended?.Contains(o.Key.Name) != false)
                .ToList();
            contended = await WriteAsync(stored, Charge(stored, batch));
            if (contended.Count == 0)
                return;
            if (attempt < MaxAttempts)
                continue;

            foreach (var claim in batch)
                claim.Failure ??= ApiException.Modified("", "resourcequotas", contended.First());
            return;
        }
    }

    private IReadOnlyList<ResourceQuota> Charge(List<StoredObject> stored, List<Claim> batch)
    {
        IReadOnlyList<ResourceQuota> quotas = [.. stored.Select(s => (ResourceQuota)s.Object)];
        foreach (var claim in batch.Where(c => c.Failure is null))
        {
            try
            {
                var charged = QuotaDecision.Charge(quotas, claim.Request, clock.GetUtcNow());
                if (!claim.Request.Options.IsDryRun)
                    quotas = charged;
            }
            catch (ApiException e)
            {
                claim.Failure = e;
            }
        }

        return quotas;
    }

    /// <returns>The names of the quotas that another writer changed meanwhile.</returns>
    private async Task<HashSet<string>> WriteAsync(List<StoredObject> stored, IReadOnlyList<ResourceQuota> charged)
    {
        var contended = new HashSet<string>();
        for (var i = 0; i < stored.Count; i++)
        {
            if (!ReferenceEquals(stored[i].Object, charged[i]) && await writer.TryUpdateAsync(stored[i], charged[i], Server, CancellationToken.None) is null)
                contended.Add(stored[i].Key.Name);
        }

        return contended;
    }

    private static WriteOptions Server { get; } = new(new Authentication.Identity("system:apiserver", [Authentication.Identity.Masters])) { FieldManager = "kube-apiserver" };

    private sealed class Claim(AdmissionRequest request)
    {
        public AdmissionRequest Request => request;

        public ApiException? Failure { get; set; }

        /// <summary>True: the claim's writer has to settle now, its own and all that wait. False: another has settled it.</summary>
        public TaskCompletionSource<bool> MustSettle { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
