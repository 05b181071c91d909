using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>How the server's own loops write.</summary>
internal static class LoopWrites
{
    public static WriteOptions Options { get; } = new(new Identity("system:apiserver", [Identity.Masters])) { FieldManager = "kube-apiserver" };
}
