namespace KubeSharp.Controllers.Services;

/// <summary>What both endpoint controllers watch: Services, and the pods they select.</summary>
internal sealed class ServiceWatch(IInformers informers)
{
    private readonly IInformer<Service> _services = informers.For<Service>();
    private readonly IInformer<Pod> _pods = informers.For<Pod>();

    public Service? Find(ObjectKey key) => _services.Find(key);

    public IEnumerable<Pod> PodsOf(Service service)
    {
        var selector = Selector.Of(service.Spec.Selector);
        return _pods.List(service.Metadata.Namespace).Where(p => selector.Matches(p.Metadata.Labels));
    }

    public void Wake(IWorkQueue queue)
    {
        _services.Subscribe((old, now) => queue.Add(ObjectKey.Of((now ?? old)!)));
        _pods.Subscribe((old, now) =>
        {
            if (old is not null && now is not null && IsSameEndpoint(old, now))
                return;

            foreach (var service in _services.List((now ?? old)!.Metadata.Namespace))
            {
                var selector = Selector.Of(service.Spec.Selector);
                if (!selector.IsEverything && ((old is not null && selector.Matches(old.Metadata.Labels)) || (now is not null && selector.Matches(now.Metadata.Labels))))
                    queue.Add(ObjectKey.Of(service));
            }
        });
    }

    /// <summary>Most changes of pods (a container's restart count, a probe's time) do not touch any endpoint.</summary>
    private static bool IsSameEndpoint(Pod old, Pod now) =>
        old.Status.PodIP == now.Status.PodIP && old.Status.Phase == now.Status.Phase && old.IsReady() == now.IsReady()
        && old.Metadata.DeletionTimestamp == now.Metadata.DeletionTimestamp && old.Spec.NodeName == now.Spec.NodeName
        && old.Metadata.Labels.Count == now.Metadata.Labels.Count && old.Metadata.Labels.All(l => now.Metadata.Labels.GetValueOrDefault(l.Key) == l.Value);
}
