using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace KubeSharp.ApiServer.Streams;

/// <summary><c>pods/exec</c>, <c>pods/attach</c> and <c>pods/portforward</c>: the kubelet of the pod's node answers, this server passes through.</summary>
/// <param name="action">The first segment of the kubelet's path: <c>exec</c>, <c>attach</c>, <c>portForward</c>.</param>
internal sealed class PodStream(string action, IObjects objects, UpgradeForwarder forwarder, KubeletConnection kubelets) : ISubresource
{
    private const string V5 = "v5.channel.k8s.io";

    /// <summary>Our parameter, the kubelet's.</summary>
    private static readonly (string Ours, string Kubelets)[] Flags = [("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty")];

    public async Task HandleAsync(ApiCall call, ServedResource parent)
    {
        if (call.Request.Method is not ("GET" or "POST"))
            throw ApiException.MethodNotAllowed(call.Info.Verb, "", "pods");

        var pod = await PodTarget.FindAsync(objects, new(call.Info.Namespace, call.Info.Name), call.Aborted);
        var container = action == "portForward" ? "" : PodTarget.Container(pod, QueryOptions.Text(call.Request.Query, "container"));
        var (host, port) = await NodeAddress.OfAsync(objects, PodTarget.Node(pod), call.Aborted);
        if (!UpgradeForwarder.IsAsked(call.Context))
            throw ApiException.BadRequest("Upgrade request required");

        ChooseProtocol(call.Request);
        var path = $"/{action}/{pod.Metadata.Namespace}/{pod.Metadata.Name}{(container.Length > 0 ? "/" + container : "")}";
        await forwarder.ForwardAsync(call, new("https", host, port, path + Query(call.Request.Query), BackendTrust.Kubelet));
    }

    /// <exception cref="ApiException">400: only v5 was offered; the client then tries SPDY.</exception>
    private void ChooseProtocol(HttpRequest request)
    {
        if (kubelets.SpeaksV5 || action == "portForward")
            return;

        var offered = request.Headers.SecWebSocketProtocol.ToString().Split(',').Select(p => p.Trim()).ToList();
        if (!offered.Remove(V5))
            return;
        if (offered.Count == 0)
            throw ApiException.BadRequest($"unable to upgrade: the container runtime does not speak {V5}");

        request.Headers.SecWebSocketProtocol = string.Join(", ", offered);
    }

    private string Query(IQueryCollection query)
    {
        var kubelets = new QueryBuilder();
        if (action == "portForward")
        {
            foreach (var port in query["ports"].OfType<string>())
                kubelets.Add("port", port);
        }
        else
        {
            // Without a word about streams an attach is to the output, as upstream's defaults have it.
            var isDefault = !Flags.Take(3).Any(f => RequestInfo.Flag(query, f.Ours));
            foreach (var (ours, theirs) in Flags)
            {
                if (RequestInfo.Flag(query, ours) || (isDefault && (ours is "stdout" or "stderr") && !query.ContainsKey(ours)))
                    kubelets.Add(theirs, "1");
            }

            foreach (var word in query["command"].OfType<string>())
                kubelets.Add("command", word);
        }

        return kubelets.ToString();
    }
}
