using System.CommandLine;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Components;
using KubeSharp.Host.Config;
using KubeSharp.Host.Logging;
using KubeSharp.Kubelet;
using KubeSharp.Linux.Nftables;
using KubeSharp.Linux.Processes;
using KubeSharp.PodNetwork;
using KubeSharp.ServiceProxy;
using Command = System.CommandLine.Command;

namespace KubeSharp.Host;

/// <summary><c>kubesharp down [--purge]</c>: stops server, pods and containerd; purged, nothing of them stays on the machine.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var flags = new ServerFlags();
        var purge = new Option<bool>("--purge") { Description = "Delete data, keys, rules and everything else too" };
        var command = new Command("down", "Stop the cluster of this machine") { purge };
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        command.SetAction((result, ct) => RunAsync(flags, result, result.GetValue(purge), ct));
        return command;
    }

    private static async Task<int> RunAsync(ServerFlags flags, ParseResult result, bool purges, CancellationToken ct)
    {
        try
        {
            var clock = TimeProvider.System;
            var options = flags.Read(result);
            using var logs = LogProvider.Create("warn", options.LogFormat, clock);
            await StopServerAsync(options, clock, ct);

            var machine = Machine.Of(options);
            var node = new NodeTearDown(KubeletPart.OptionsOf(options, machine), clock, logs);
            await node.StopAsync(ct);
            if (!purges)
            {
                Say("Stopped. Data stays in " + options.DataDir);
                return 0;
            }

            using (var nftables = new LibNftables())
            {
                ServiceProxyComponent.CleanUp(nftables, ProxyPart.OptionsOf(options, machine.NodeName));
                PodNetworkComponent.CleanUp(nftables, NetworkPart.OptionsOf(options, machine.NodeName));
            }

            await node.PurgeAsync(ct);
            File.Delete(options.KubeconfigPath);
            Say("Stopped; nothing was left behind.");
            return 0;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"kubesharp: {e.Message}");
            return 1;
        }
    }

    private static async Task StopServerAsync(ServerOptions options, TimeProvider clock, CancellationToken ct)
    {
        if (InstanceLock.RunningIn(options.RunDir) is not { } pid || ProcessIdentity.Of(pid) is not { } identity || ProcessHandle.Open(identity) is not { } server)
            return;

        using (server)
        {
            Say($"Stopping the server (pid {pid})");
            server.Send(Signal.Terminate);
            using var limit = new CancellationTokenSource(Patience, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                await server.WaitForExitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                server.Send(Signal.Kill);
                await server.WaitForExitAsync(ct);
            }
        }
    }

    private static void Say(string text) => Console.WriteLine(text);
}
