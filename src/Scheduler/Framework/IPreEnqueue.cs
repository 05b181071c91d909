namespace KubeSharp.Scheduler.Framework;

/// <summary>Decides, before a pod is queued, whether it may be scheduled at all.</summary>
internal interface IPreEnqueue : IPlugin
{
    bool Admits(PodInfo pod);
}
