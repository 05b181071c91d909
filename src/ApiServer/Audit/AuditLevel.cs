namespace KubeSharp.ApiServer.Audit;

/// <summary>How much of a request is noted; each level has all that is below it.</summary>
public enum AuditLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Who asked for what, when, and how it was answered.</summary>
    Metadata,

    /// <summary>The object that was sent, too.</summary>
    Request,

    /// <summary>The object that was answered, too.</summary>
    RequestResponse,
}
