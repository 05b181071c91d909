using System.Net;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Tracing;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Components;
using KubeSharp.Host.Config;
using KubeSharp.Host.Logging;
using KubeSharp.Host.Pki;
using KubeSharp.Linux.Nftables;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host;

/// <summary>A whole cluster of one node in this process.</summary>
internal sealed partial class Server(ServerOptions options, TimeProvider clock)
{
    /// <summary>Runs until cancelled. Pods, their network and containerd go on afterwards.</summary>
    /// <exception cref="StartException">It cannot start; the message says what to do.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var logs = LogProvider.Create(options.LogLevel, options.LogFormat, clock);
        var log = logs.CreateLogger<Server>();
        var began = clock.GetTimestamp();
        using var instance = InstanceLock.Take(options.RunDir);
        Rights.Check(options);
        var machine = Machine.Of(options);
        var keys = Keys();

        using var tracing = options.TracingConfigFile.Length > 0 ? new TraceExport(TracingFile.Read(options.TracingConfigFile), "apiserver", ServerVersion.Current.GitVersion) : null;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var store = await OpenStoreAsync(logs);
        var loops = new Loops(clock, logs.CreateLogger<Loops>());
        var encryption = await EncryptionFile.OpenAsync(options, Path.Combine(options.DataDir, "pki"), store, clock, logs, stop.Token);
        var api = new ApiServerPart(options, machine, keys, store, encryption.Encryption, clock, logs);
        try
        {
            loops.Start("store's compaction", store.RunAsync, stop.Token);
            loops.Start("encryption's configuration", encryption.RunAsync, stop.Token);
            await api.StartAsync(loops, stop.Token);
            KubeconfigFile.Write(options.KubeconfigPath, new($"https://{Reachable(machine)}:{options.Port}"), keys.CertificateAuthorityPem, keys.Administrator());
            Serving(log, options.Port, clock.GetElapsedTime(began).TotalMilliseconds, options.KubeconfigPath);

            StartComponents(new(api.Http, clock, logs), machine, keys, logs, loops, stop.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Stopping(log);
        }
        finally
        {
            await stop.CancelAsync();
            await loops.WhenAllAsync();
            api.Http.Dispose();
        }
    }

    private void StartComponents(Connection connection, Machine machine, ClusterKeys keys, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        loops.Start("informers", connection.Informers.RunAsync, ct);
        var kubelet = options.Runs("kubelet") ? KubeletPart.Start(connection, options, machine, keys, clock, logs, loops, ct) : null;
        var rules = Task.CompletedTask;
        if (options.Runs("network") || options.Runs("proxy"))
        {
            var nftables = new LibNftables(); // one for both: what one writes in bulk, the other's monitor must not listen to
            if (options.Runs("network"))
                NetworkPart.Start(connection, options, machine, kubelet, nftables, clock, logs, loops, ct);
            if (options.Runs("proxy"))
                rules = ProxyPart.Start(connection, options, machine, nftables, clock, logs, loops, ct);
        }

        if (options.Runs("scheduler"))
            SchedulerPart.Start(connection, clock, logs, loops, ct);
        if (options.Runs("controllers"))
            ControllersPart.Start(connection, new() { ClusterCidr = options.ClusterCidr, AuthorityPem = keys.CertificateAuthorityPem }, rules, clock, logs, loops, ct);
    }

    private ClusterKeys Keys()
    {
        try
        {
            return new(Path.Combine(options.DataDir, "pki"), clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the keys in {options.DataDir}/pki cannot be written: {e.Message}", e);
        }
    }

    private async Task<SqliteStore> OpenStoreAsync(ILoggerFactory logs)
    {
        try
        {
            return await SqliteStore.OpenAsync(
                new() { Path = Path.Combine(options.DataDir, "state.db"), History = options.HistoryDuration, HistoryBytes = options.HistoryBytes },
                clock, logs.CreateLogger<SqliteStore>());
        }
        catch (StoreException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    private IPAddress Reachable(Machine machine) =>
        options.BindAddress.Equals(IPAddress.Any) || options.BindAddress.Equals(IPAddress.IPv6Any) ? machine.Address : options.BindAddress;

    [LoggerMessage(1, LogLevel.Information, "The API answers on port {Port} after {Milliseconds:0} ms; the kubeconfig is {Kubeconfig}")]
    private static partial void Serving(ILogger log, int port, double milliseconds, string kubeconfig);

    [LoggerMessage(2, LogLevel.Information, "Stopping; containers go on")]
    private static partial void Stopping(ILogger log);
}
