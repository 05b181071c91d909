namespace KubeSharp.Kubelet.Volumes;

/// <summary>One sort of volume.</summary>
internal interface IVolumePlugin
{
    /// <summary>The directory below <c>volumes/</c>, upstream's name with a tilde: <c>kubernetes.io~secret</c>.</summary>
    string Directory { get; }

    bool Serves(Volume volume);

    /// <summary>Makes the volume present and its content current; quick when it already is.</summary>
    /// <param name="directory">Where to make it; not there at first.</param>
    /// <returns>Where it is on the node: <paramref name="directory"/>, or a place of its own.</returns>
    /// <exception cref="VolumeSetupException">It cannot be made now. Errors of the API and of the disk are passed on too.</exception>
    Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct);
}
