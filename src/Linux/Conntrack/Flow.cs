using System.Net;

namespace KubeSharp.Linux.Conntrack;

/// <summary>A tracked UDP flow.</summary>
/// <param name="Destination">Where its sender sends, before any translation.</param>
/// <param name="Replier">Who answers it: the translated destination.</param>
public readonly record struct Flow(IPEndPoint Destination, IPEndPoint Replier);
