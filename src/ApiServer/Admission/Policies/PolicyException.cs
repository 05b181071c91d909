namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>A policy or binding cannot be applied: its failure policy decides what becomes of the write.</summary>
internal sealed class PolicyException(string message) : Exception(message);
