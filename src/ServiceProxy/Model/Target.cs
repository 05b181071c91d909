namespace KubeSharp.ServiceProxy.Model;

/// <summary>What becomes of a connection when there is no backend it may use.</summary>
internal enum Refusal
{
    /// <summary>The client hears at once that nobody listens.</summary>
    Reject,

    /// <summary>The packet vanishes: another node may well have backends, and a load balancer will find out.</summary>
    Drop,
}

/// <summary>The backends one class of clients may use, in a stable order.</summary>
internal sealed record Target(IReadOnlyList<Backend> Backends, Refusal IfEmpty);
