using KubeSharp.ApiServer.Authentication;
using KubeSharp.Client.Events;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Scheduler;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>The scheduler.</summary>
internal static class SchedulerPart
{
    public static void Start(Connection connection, TimeProvider clock, ILoggerFactory logs, Loops loops, CancellationToken ct)
    {
        var client = connection.ClientFor(Identities.Scheduler, "kube-scheduler");
        var events = new EventRecorder(client, "default-scheduler", "", clock, Random.Shared, logs.CreateLogger<EventRecorder>());
        loops.Start("events of the scheduler", events.RunAsync, ct);
        loops.Start("scheduler", new SchedulerComponent(client, connection.Informers, events, clock, new Random(), logs).RunAsync, ct);
    }
}
