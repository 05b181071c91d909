using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeSharp.ApiServer.Tracing;

/// <summary>Sends spans to a collector by OpenTelemetry's protocol (gRPC, without TLS, as upstream) for as long as it is not disposed.</summary>
public sealed class TraceExport : IDisposable
{
    private const double Million = 1_000_000;

    private readonly TracerProvider _provider;

    /// <param name="service">The name under which this program's spans are found.</param>
    public TraceExport(TracingOptions options, string service, string version)
    {
        // A span that a client has begun is kept if the client keeps it; the rate is for those that begin here.
        Sampler own = options.SamplingRatePerMillion > 0 ? new TraceIdRatioBasedSampler(options.SamplingRatePerMillion / Million) : new AlwaysOffSampler();
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(Spans.SourceName)
            .SetSampler(new ParentBasedSampler(own))
            .ConfigureResource(r => r.AddService(service, serviceVersion: version))
            .AddOtlpExporter(o =>
            {
                o.Endpoint = new($"http://{options.Endpoint}");
                o.Protocol = OtlpExportProtocol.Grpc;
            })
            .Build();
    }

    /// <summary>Sends what has not been sent yet, within a few seconds.</summary>
    public void Dispose() => _provider.Dispose();
}
