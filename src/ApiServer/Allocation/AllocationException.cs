namespace KubeSharp.ApiServer.Allocation;

/// <summary>An address or port cannot be had; the message is upstream's and goes into a field error.</summary>
internal sealed class AllocationException(string message) : Exception(message);
