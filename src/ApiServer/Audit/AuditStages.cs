namespace KubeSharp.ApiServer.Audit;

/// <summary>The moments of a request that make events; a set of them.</summary>
[Flags]
public enum AuditStages
{
    /// <summary>No moment.</summary>
    None = 0,

    /// <summary>It is known who asks, and nothing has been done.</summary>
    RequestReceived = 1,

    /// <summary>The head of the answer of a watch or a stream goes out; also the only event of a request whose credentials are bad.</summary>
    ResponseStarted = 2,

    /// <summary>The answer has gone out as a whole.</summary>
    ResponseComplete = 4,

    /// <summary>The server's own fault ended the request.</summary>
    Panic = 8,
}
