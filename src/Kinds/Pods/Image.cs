namespace KubeSharp.Kinds.Pods;

/// <summary>What the name of an image says about how to pull it.</summary>
internal static class Image
{
    /// <summary>A moving tag (<c>latest</c>, or none) is pulled each time; a fixed tag or digest only if it is missing.</summary>
    public static string DefaultPullPolicy(string reference)
    {
        if (reference.Contains('@', StringComparison.Ordinal))
            return "IfNotPresent";

        // The last colon is a tag's only after the last slash: before it, it is a registry's port.
        var name = reference[(reference.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] == "latest" ? "Always" : "IfNotPresent";
    }
}
