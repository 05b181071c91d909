namespace KubeSharp.Host.Config;

/// <summary>The program cannot start; the message says in one sentence what is wrong and what to do.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
