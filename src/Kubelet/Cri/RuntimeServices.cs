namespace KubeSharp.Kubelet.Cri;

/// <summary>The services of one runtime. A real one offers them all at one endpoint.</summary>
internal sealed record RuntimeServices(IRuntime Containers, IRuntimeImages Images, IRuntimeStreams Streams)
{
    public static RuntimeServices Of<T>(T runtime)
        where T : IRuntime, IRuntimeImages, IRuntimeStreams => new(runtime, runtime, runtime);
}
