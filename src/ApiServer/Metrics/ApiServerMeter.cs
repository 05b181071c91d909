using System.Diagnostics.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The meter of the API server. Instruments are the process's; exporters find them by its name.</summary>
internal static class ApiServerMeter
{
    public static Meter Instance { get; } = new("KubeSharp.ApiServer");
}
