namespace KubeSharp.ApiServer.Tracing;

/// <summary>Upstream's <c>TracingConfiguration</c>.</summary>
public sealed record TracingOptions
{
    /// <summary>The collector: host and port.</summary>
    public string Endpoint { get; init; } = "localhost:4317";

    /// <summary>Of a million requests without a traced client so many are traced. 0: only those of traced clients.</summary>
    public int SamplingRatePerMillion { get; init; }

    /// <summary>What is wrong with it, in words for whoever wrote it.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Uri.TryCreate("http://" + Endpoint, UriKind.Absolute, out var uri) || uri.PathAndQuery != "/")
            yield return $"tracing: endpoint: \"{Endpoint}\" is not a host and a port";
        if (SamplingRatePerMillion is < 0 or > 1_000_000)
            yield return $"tracing: samplingRatePerMillion: {SamplingRatePerMillion} is not between 0 and 1000000";
    }
}
