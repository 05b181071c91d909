using KubeSharp.Objects.PolicyV1;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Tells which victims a PodDisruptionBudget protects.</summary>
internal static class Budgets
{
    /// <summary>Splits pods, in order, into those that no budget can spare and the others.</summary>
    public static (List<PodInfo> Protected, List<PodInfo> Others) Split(IEnumerable<PodInfo> pods, IReadOnlyCollection<PodDisruptionBudget> budgets)
    {
        var left = budgets.Select(b => (Budget: b, Selector: Selector.Of(b.Spec.Selector), Allowed: new int[] { b.Status.DisruptionsAllowed })).ToList();
        var (covered, others) = (new List<PodInfo>(), new List<PodInfo>());
        foreach (var pod in pods)
        {
            var isProtected = false;
            foreach (var (budget, selector, allowed) in left)
            {
                // An empty selector protects nothing here, and a pod already being disrupted is counted already.
                if (budget.Metadata.Namespace == pod.Key.Namespace && !selector.IsEverything && selector.Matches(pod.Pod.Metadata.Labels)
                    && !budget.Status.DisruptedPods.ContainsKey(pod.Key.Name))
                {
                    isProtected |= --allowed[0] < 0;
                }
            }

            (isProtected ? covered : others).Add(pod);
        }

        return (covered, others);
    }
}
