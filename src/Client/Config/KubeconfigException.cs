namespace KubeSharp.Client.Config;

/// <summary>A kubeconfig that cannot be used. The message is for the person who wrote it.</summary>
public sealed class KubeconfigException(string message, Exception? inner = null) : Exception(message, inner);
