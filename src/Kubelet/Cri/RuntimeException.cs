using Grpc.Core;

namespace KubeSharp.Kubelet.Cri;

/// <summary>What a caller can decide by, when the runtime refuses.</summary>
internal enum RuntimeErrorKind
{
    /// <summary>The runtime tried and failed; its message says why. Trying again may help.</summary>
    Failed,
    NotFound,
    AlreadyExists,

    /// <summary>The request itself is wrong; trying it again is no use.</summary>
    InvalidArgument,

    /// <summary>Nothing listens, or it is going up or down.</summary>
    Unavailable,
    DeadlineExceeded,

    /// <summary>This runtime does not know the call.</summary>
    Unimplemented,
}

/// <summary>An error of the container runtime.</summary>
/// <remarks>
/// The message has the shape of Go's gRPC status errors, because people meet it in events and container statuses, and
/// look for it there.
/// </remarks>
internal sealed class RuntimeException(RuntimeErrorKind kind, string detail, Exception? inner = null)
    : Exception($"rpc error: code = {CodeOf(kind)} desc = {detail}", inner)
{
    public RuntimeErrorKind Kind { get; } = kind;

    /// <summary>The runtime's own words.</summary>
    public string Detail { get; } = detail;

    internal static RuntimeException From(RpcException e) => new(KindOf(e.StatusCode), DetailOf(e.Status), e);

    /// <summary>Where the client itself gave up there are no words of the runtime: Go's stand for them.</summary>
    private static string DetailOf(Grpc.Core.Status status)
    {
        for (var cause = status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is DialException)
                return cause.Message;
        }

        return status is { StatusCode: StatusCode.DeadlineExceeded, Detail: "" } ? "context deadline exceeded" : status.Detail;
    }

    private static RuntimeErrorKind KindOf(StatusCode code) => code switch
    {
        StatusCode.NotFound => RuntimeErrorKind.NotFound,
        StatusCode.AlreadyExists => RuntimeErrorKind.AlreadyExists,
        StatusCode.InvalidArgument or StatusCode.OutOfRange => RuntimeErrorKind.InvalidArgument,
        StatusCode.Unavailable => RuntimeErrorKind.Unavailable,
        StatusCode.DeadlineExceeded => RuntimeErrorKind.DeadlineExceeded,
        StatusCode.Unimplemented => RuntimeErrorKind.Unimplemented,
        _ => RuntimeErrorKind.Failed,
    };

    private static string CodeOf(RuntimeErrorKind kind) => kind == RuntimeErrorKind.Failed ? "Unknown" : kind.ToString();
}
