using System.CommandLine;
using System.Runtime.InteropServices;
using KubeSharp.Host.Config;

namespace KubeSharp.Host;

/// <summary><c>kubesharp server</c>: a whole cluster of one node, until SIGTERM or Ctrl+C.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var flags = new ServerFlags();
        var command = new Command("server", "Run a whole cluster of one node");
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        command.SetAction((result, ct) => RunAsync(flags, result, ct));
        return command;
    }

    private static async Task<int> RunAsync(ServerFlags flags, ParseResult result, CancellationToken ct)
    {
        try
        {
            var options = flags.Read(result);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
            await new Server(options, TimeProvider.System).RunAsync(stop.Token);
            return 0;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"kubesharp: {e.Message}");
            return 1;
        }
    }
}
