using KubeSharp.Scheduler.Plugins;
using NodeAffinity = KubeSharp.Scheduler.Plugins.NodeAffinity;

namespace KubeSharp.Scheduler;

/// <summary>The list of plugins. The order of filters is upstream's: it decides whose reason a user sees.</summary>
internal static class Profiles
{
    public static Profile Default { get; } = Create();

    private static Profile Create()
    {
        var taints = new TaintToleration();
        var affinity = new NodeAffinity();
        var fit = new NodeResourcesFit();
        var spread = new PodTopologySpread();
        var near = new InterPodAffinity();
        return new(
            "default-scheduler",
            PreEnqueue: [new SchedulingGates()],
            Filters:
            [
                new NodeUnschedulable(),
                new NodeName(),
                taints,
                affinity,
                new NodePorts(),
                fit,
                new VolumeBinding(),
                spread,
                near,
            ],
            Scores:
            [
                (taints, 3),
                (affinity, 2),
                (fit, 1),
                (spread, 2),
                (near, 2),
                (new NodeResourcesBalancedAllocation(), 1),
                (new ImageLocality(), 1),
            ]);
    }
}
