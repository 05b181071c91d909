namespace KubeSharp.ApiServer.Admission;

/// <summary>A pod that is bound learns its node's zone and region as labels, so that it can read them of itself.</summary>
internal sealed class PodTopologyLabels(IObjects objects) : IAdmission
{
    private static readonly string[] Copied = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request is not { Verb: AdmissionVerb.Create, Subresource: "binding", Object: Binding { Target: { Kind: "Node" or "", Name.Length: > 0 } } binding })
            return;
        if (await objects.FindAsync<Node>(new("", binding.Target.Name), ct) is not { } node)
            return; // the kubelet of that name may still come

        var labels = new Dictionary<string, string>(binding.Metadata.Labels);
        foreach (var key in Copied)
        {
            if (node.Metadata.Labels.TryGetValue(key, out var value))
                labels[key] = value;
        }

        if (labels.Count > 0)
            request.Object = binding with { Metadata = binding.Metadata with { Labels = labels } };
    }
}
