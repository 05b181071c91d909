namespace KubeSharp.Kubelet.Volumes;

/// <summary>Why a volume cannot be made now, in upstream's words; its caller adds which volume.</summary>
internal sealed class VolumeSetupException(string message) : Exception(message);
