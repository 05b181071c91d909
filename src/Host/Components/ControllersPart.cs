using KubeSharp.Client;
using KubeSharp.Client.Events;
using KubeSharp.Client.Loops;
using KubeSharp.Controllers;
using KubeSharp.Host.Bootstrap;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>Upstream's controller manager: every controller in a loop of its own.</summary>
internal static class ControllersPart
{
    /// <summary>Garbage waits this long for the rules of Services at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="urgent">What is to be done first on this node: the garbage collector's look at every object there is takes processor time from it.</param>
    public static void Start(
        Connection connection, ControllerOptions options, Task urgent, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        var recorders = new Dictionary<string, EventRecorder>();
        IEventRecorder EventsFor(string name)
        {
            if (!recorders.TryGetValue(name, out var recorder))
            {
                recorders[name] = recorder = new(connection.ClientForController(name), name, "", clock, Random.Shared, logs.CreateLogger<EventRecorder>());
                loops.Start($"events of {name}", recorder.RunAsync, ct);
            }

            return recorder;
        }

        var controllers = new ControllerList(options, connection.ClientForController, EventsFor, clock, logs);
        loops.Start("garbage collector's watches", async stop =>
        {
            await Task.WhenAny(urgent, Task.Delay(Patience, clock, stop));
            await controllers.RunSourcesAsync(stop);
        }, ct);
        foreach (var controller in controllers.All)
        {
            var loop = new ControllerLoop(clock, Random.Shared, logs);
            loops.Start(controller.Name, stop => loop.RunAsync(controller, connection.Informers, stop), ct);
        }
    }
}
