using KubeSharp.Objects.CoordinationV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Election;

/// <summary>Runs something in one process of many: in the one that holds the Lease.</summary>
/// <remarks>
/// Time is measured from when this process saw a renewal, on its own monotonic clock; the times in the Lease are for people. Clocks may
/// differ or jump, but must run at about the same speed: the leader stops at the latest <see cref="LeaderElectionOptions.RenewDeadline"/>
/// after the start of its last successful renewal, before anyone may take over.
/// </remarks>
public sealed partial class LeaderElection(
    IClient client, LeaderElectionOptions options, TimeProvider clock, Random random, ILogger<LeaderElection> log)
{
    private Lease? _seen;
    private long _seenAt;

    /// <summary>Campaigns, leads, and campaigns again after a loss, until cancelled or until <paramref name="lead"/> ends by itself.</summary>
    /// <param name="lead">Runs while this process leads; its token is cancelled when the lease is lost, and it must then end soon.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var renewed = await AcquireAsync(ct);
                BecameLeader(options.Lease, options.Identity);
                if (!await LeadAsync(lead, renewed, ct))
                    return;
                LostLease(options.Lease);
            }
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    /// <returns>The timestamp before the request that won.</returns>
    private async Task<long> AcquireAsync(CancellationToken ct)
    {
        while (true)
        {
            var before = clock.GetTimestamp();
            if (await TryAcquireOrRenewAsync(ct))
                return before;

            await Task.Delay(options.RetryPeriod * (1 + (0.2 * random.NextDouble())), clock, ct);
        }
    }

    /// <returns>Whether the lease was lost, rather than the work done.</returns>
    private async Task<bool> LeadAsync(Func<CancellationToken, Task> lead, long renewed, CancellationToken ct)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = lead(leading.Token);
        var renewal = RenewAsync(renewed, leading.Token);
        var isLost = await Task.WhenAny(work, renewal) == renewal;
        await leading.CancelAsync();
        await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it says nothing but that it ended
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (isLost && !ct.IsCancellationRequested)
        {
            // stopped because the lease is lost
        }

        ct.ThrowIfCancellationRequested();
        return isLost;
    }

    /// <summary>Returns when the lease could not be renewed in time, or was taken.</summary>
    private async Task RenewAsync(long renewed, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(options.RetryPeriod, clock, ct);
            var left = options.RenewDeadline - clock.GetElapsedTime(renewed);
            if (left <= TimeSpan.Zero)
                return;

            var before = clock.GetTimestamp();
            using var deadline = new CancellationTokenSource(left, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
            try
            {
                if (await TryAcquireOrRenewAsync(both.Token))
                    renewed = before;
                else if (_seen?.Spec.HolderIdentity is { Length: > 0 } other && other != options.Identity)
                    return;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> TryAcquireOrRenewAsync(CancellationToken ct)
    {
        try
        {
            var current = await client.FindAsync<Lease>(options.Lease, ct);
            if (current?.Metadata.ResourceVersion != _seen?.Metadata.ResourceVersion)
                (_seen, _seenAt) = (current, clock.GetTimestamp());
            if (Next(current) is not { } next)
                return false;

            _seen = current is null ? await client.CreateAsync(next, ct) : await client.UpdateAsync(next, ct);
            _seenAt = clock.GetTimestamp();
            return true;
        }
        catch (ApiException e) when (e.IsConflict || e.IsAlreadyExists)
        {
            return false; // another candidate was first
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            LeaseFailed(options.Lease, e.Message);
            return false;
        }
    }

    /// <summary>The lease as it is to be written, or <see langword="null"/> while another holds it.</summary>
    private Lease? Next(Lease? current)
    {
        var holder = current?.Spec.HolderIdentity ?? "";
        var isMine = holder == options.Identity;
        if (holder.Length > 0 && !isMine && clock.GetElapsedTime(_seenAt) < DurationOf(current!))
            return null;

        var now = clock.GetUtcNow();
        var lease = current ?? new Lease { Metadata = new() { Namespace = options.Lease.Namespace, Name = options.Lease.Name } };
        return lease with
        {
            Spec = lease.Spec with
            {
                HolderIdentity = options.Identity,
                LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
                AcquireTime = isMine ? lease.Spec.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = current is null ? 0 : isMine ? lease.Spec.LeaseTransitions : (lease.Spec.LeaseTransitions ?? 0) + 1,
            },
        };
    }

    /// <summary>What the holder asked for; it may be configured differently from us.</summary>
    private static TimeSpan DurationOf(Lease lease) => TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 15);

    /// <summary>Lets the next leader begin at once. Best effort, and only if the lease is still as we wrote it.</summary>
    private async Task ReleaseAsync()
    {
        if (_seen is not { } mine || mine.Spec.HolderIdentity != options.Identity)
            return;

        using var deadline = new CancellationTokenSource(options.RetryPeriod, clock);
        try
        {
            await client.UpdateAsync(
                mine with { Spec = mine.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = clock.GetUtcNow() } }, deadline.Token);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            LeaseFailed(options.Lease, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Leading as {Identity} by lease {Lease}")]
    private partial void BecameLeader(ObjectKey lease, string identity);

    [LoggerMessage(2, LogLevel.Warning, "The lease {Lease} is lost")]
    private partial void LostLease(ObjectKey lease);

    [LoggerMessage(3, LogLevel.Debug, "The lease {Lease} could not be read or written: {Reason}")]
    private partial void LeaseFailed(ObjectKey lease, string reason);
}
