namespace KubeSharp.Kubelet.Probes;

internal enum ProbeKind
{
    Startup,
    Liveness,
    Readiness,
}
