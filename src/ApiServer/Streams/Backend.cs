namespace KubeSharp.ApiServer.Streams;

/// <summary>How much a backend must prove.</summary>
internal enum BackendTrust
{
    /// <summary>A pod or service that is asked over https: its certificate is its own affair (upstream does not look at it either).</summary>
    Any,

    /// <summary>A kubelet: signed by our authorities and for this address; we show who we are.</summary>
    Kubelet,
}

/// <summary>Where a request is passed on to.</summary>
/// <param name="Target">Path and query as on the wire, escapes kept.</param>
internal sealed record Backend(string Scheme, string Host, int Port, string Target, BackendTrust Trust)
{
    public bool IsTls => Scheme == "https";

    /// <summary>Headers this server adds by itself; a client's of the same name are not passed on.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Host and port, an IPv6 address in brackets.</summary>
    public string Authority => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
