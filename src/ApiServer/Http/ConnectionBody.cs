using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>What the query of a connection asks for, as the object admission sees.</summary>
internal static class ConnectionBody
{
    private static readonly string[] Flags = ["stdin", "stdout", "stderr", "tty"];

    /// <returns>Null for what admission has no say in: reading a log changes nothing.</returns>
    public static IObject? Of(ApiCall call, ServedResource parent)
    {
        var query = call.Request.Query;
        switch (call.Info.Subresource)
        {
            case "exec" or "attach":
                var isExec = call.Info.Subresource == "exec";
                var container = QueryOptions.Text(query, "container");
                return new ConnectionOptions(isExec ? "PodExecOptions" : "PodAttachOptions")
                {
                    Flags = [.. Flags.Where(f => RequestInfo.Flag(query, f))],
                    Texts = container.Length > 0 ? [("container", container)] : [],
                    Command = isExec ? [.. query["command"].OfType<string>()] : [],
                };
            case "portforward":
                return new ConnectionOptions("PodPortForwardOptions")
                {
                    Ports = [.. query["ports"].OfType<string>().SelectMany(p => p.Split(',')).Select(p => int.TryParse(p, out var port) ? port : 0).Where(p => p > 0)],
                };
            case "proxy":
                var kind = parent.Type.Plural switch
                {
                    "pods" => "PodProxyOptions",
                    "services" => "ServiceProxyOptions",
                    _ => "NodeProxyOptions",
                };
                return new ConnectionOptions(kind) { Texts = [("path", "/" + string.Join('/', call.Info.Parts.Skip(3)))] };
            default:
                return null;
        }
    }
}
