using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler;

/// <summary>The plugins of one scheduler, in the order in which they are asked.</summary>
/// <param name="SchedulerName">The pods it takes: those whose <c>spec.schedulerName</c> this is.</param>
internal sealed record Profile(
    string SchedulerName, IReadOnlyList<IPreEnqueue> PreEnqueue, IFilter[] Filters, (IScore Plugin, int Weight)[] Scores);
