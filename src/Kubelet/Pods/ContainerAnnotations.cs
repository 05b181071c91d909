using System.Globalization;
using System.Text;

namespace KubeSharp.Kubelet.Pods;

/// <summary>What is kept with a container in the runtime, so that a kubelet that knows nothing yet can go on with it. Upstream's names.</summary>
internal static class ContainerAnnotations
{
    public const string Hash = "io.kubernetes.container.hash";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";
    public const string PreStopHandler = "io.kubernetes.container.preStopHandler";
    public const string Ports = "io.kubernetes.container.ports";
    public const string PodTerminationGracePeriod = "io.kubernetes.pod.terminationGracePeriod";
    public const string PodDeletionGracePeriod = "io.kubernetes.pod.deletionGracePeriod";

    public static IEnumerable<KeyValuePair<string, string>> Of(Pod pod, Container container, int restartCount)
    {
        yield return new(Hash, ContainerHash.Of(container));
        yield return new(RestartCount, restartCount.ToString(CultureInfo.InvariantCulture));
        yield return new(TerminationMessagePath, container.TerminationMessagePath);
        yield return new(TerminationMessagePolicy, container.TerminationMessagePolicy);
        if (pod.Metadata.DeletionGracePeriodSeconds is { } deletion)
            yield return new(PodDeletionGracePeriod, deletion.ToString(CultureInfo.InvariantCulture));
        if (pod.Spec.TerminationGracePeriodSeconds is { } grace)
            yield return new(PodTerminationGracePeriod, grace.ToString(CultureInfo.InvariantCulture));
        if (container.Lifecycle?.PreStop is { } preStop)
            yield return new(PreStopHandler, Json.TextOf(preStop));
        if (container.Ports.Count > 0)
            yield return new(Ports, $"[{string.Join(',', container.Ports.Select(Json.TextOf))}]");
    }

    public static int RestartCountIn(IDictionary<string, string> annotations) =>
        annotations.TryGetValue(RestartCount, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var count) ? count : 0;

    public static long? Seconds(IDictionary<string, string> annotations, string name) =>
        annotations.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    public static LifecycleHandler? PreStopIn(IDictionary<string, string> annotations)
    {
        if (!annotations.TryGetValue(PreStopHandler, out var text))
            return null;

        try
        {
            return Json.Decode<LifecycleHandler>(Encoding.UTF8.GetBytes(text));
        }
        catch (DecodeException)
        {
            return null; // another program's annotation: better no hook than no stop
        }
    }
}
