namespace KubeSharp.ServiceProxy.Model;

/// <summary>All there is to know about one frontend.</summary>
/// <param name="Everyone">For all clients, but for those that <paramref name="Outside"/> takes out.</param>
/// <param name="Outside">
/// For clients that are neither pods nor this node, with <c>externalTrafficPolicy: Local</c>; null if they are treated like everyone.
/// They keep their source address.
/// </param>
/// <param name="IsMasqueradedAlways">Replies must pass this node whoever the client is: traffic from outside to a backend anywhere.</param>
/// <param name="Affinity">How long a client stays with its backend; null for no affinity.</param>
/// <param name="AllowedSources">The networks that may connect (<c>loadBalancerSourceRanges</c>); empty: all.</param>
internal sealed record Forwarding(
    Frontend Frontend,
    Target Everyone,
    Target? Outside,
    bool IsMasqueradedAlways,
    TimeSpan? Affinity,
    IReadOnlyList<System.Net.IPNetwork> AllowedSources);
