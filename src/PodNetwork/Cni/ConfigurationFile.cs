namespace KubeSharp.PodNetwork.Cni;

/// <summary>The file by which the container runtime learns of the network; it watches the directory.</summary>
internal sealed class ConfigurationFile(string folder, string networkName)
{
    private readonly string _path = Path.Combine(folder, $"10-{networkName}.conflist");

    /// <summary>Writes the file unless it already says the same; a reader sees the old or the new one, never a part.</summary>
    /// <returns>Whether something was written.</returns>
    public bool Write(byte[] content)
    {
        if (File.Exists(_path) && File.ReadAllBytes(_path).AsSpan().SequenceEqual(content))
            return false;

        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".{networkName}.tmp"); // not .conf, .conflist or .json: the runtime ignores it
        File.WriteAllBytes(draft, content);
        File.Move(draft, _path, overwrite: true);
        return true;
    }

    public void Delete()
    {
        if (Directory.Exists(folder))
            File.Delete(_path);
    }
}
