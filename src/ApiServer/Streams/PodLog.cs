using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace KubeSharp.ApiServer.Streams;

/// <summary><c>pods/log</c>: the container's output, from the kubelet of the pod's node.</summary>
internal sealed class PodLog(IObjects objects, HttpForwarder forwarder) : ISubresource
{
    private static readonly string[] Flags = ["follow", "previous", "timestamps"];
    private static readonly string[] Texts = ["sinceSeconds", "sinceTime", "tailLines", "limitBytes", "stream"];

    public async Task HandleAsync(ApiCall call, ServedResource parent)
    {
        if (!HttpMethods.IsGet(call.Request.Method))
            throw ApiException.MethodNotAllowed(call.Info.Verb, "", "pods");

        var query = call.Request.Query;
        Check(query, call.Info.Name);
        var pod = await PodTarget.FindAsync(objects, new(call.Info.Namespace, call.Info.Name), call.Aborted);
        var container = PodTarget.Container(pod, QueryOptions.Text(query, "container"));
        if (pod.Spec.NodeName.Length == 0)
        {
            await AnswerWriter.SendAsync(call.Context, "text/plain", default, StatusCodes.Status200OK, call.Aborted); // nothing has run, nothing was said
            return;
        }

        var (host, port) = await NodeAddress.OfAsync(objects, pod.Spec.NodeName, call.Aborted);
        var path = $"/containerLogs/{pod.Metadata.Namespace}/{pod.Metadata.Name}/{container}{Query(query)}";
        await forwarder.ForwardAsync(call, new("https", host, port, path, BackendTrust.Kubelet), asStatus: true);
    }

    private static void Check(IQueryCollection query, string pod)
    {
        var findings = new Findings();
        if (QueryOptions.Number(query, "tailLines") is < 0 and var lines)
            findings.Invalid("tailLines", lines, "must be greater than or equal to 0");
        if (QueryOptions.Number(query, "limitBytes") is < 1 and var bytes)
            findings.Invalid("limitBytes", bytes, "must be greater than 0");
        if (query.ContainsKey("sinceSeconds") && query.ContainsKey("sinceTime"))
            findings.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        else if (QueryOptions.Number(query, "sinceSeconds") is < 1 and var seconds)
            findings.Invalid("sinceSeconds", seconds, "must be greater than 0");
        if (findings.Any)
            throw ApiException.Invalid("", "PodLogOptions", pod, findings);
    }

    private static string Query(IQueryCollection query)
    {
        var kubelets = new QueryBuilder();
        foreach (var name in Flags.Where(f => RequestInfo.Flag(query, f)))
            kubelets.Add(name, "true");
        foreach (var name in Texts)
        {
            if (QueryOptions.Text(query, name) is { Length: > 0 } value)
                kubelets.Add(name, value);
        }

        return kubelets.ToString();
    }
}
