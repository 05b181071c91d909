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
    public static void Start(Connection connection, ControllerOptions options, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
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
        loops.Start("garbage collector's watches", controllers.RunSourcesAsync, ct);
        foreach (var controller in controllers.All)
        {
            var loop = new ControllerLoop(clock, Random.Shared, logs);
            loops.Start(controller.Name, stop => loop.RunAsync(controller, connection.Informers, stop), ct);
        }
    }
}
